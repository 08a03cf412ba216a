//! How long an answer of PostgreSQL is waited for. The server ends a statement that takes too long
//! (`statement_timeout`), but a server, proxy or network that went silent ends nothing: without a
//! limit of its own the program would wait for ever, above all for the answer to a COMMIT.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::StoreError;
use super::exec::failure;

/// The longest wait for what takes a moment: BEGIN, COMMIT, a lock, a connection.
const MOMENT: Duration = Duration::from_mins(2);
/// What an answer may take beyond the server's own limit, so that the server's word comes first.
const GRACE: Duration = Duration::from_secs(5);

/// The limits of one opened database. Once an answer did not come, nothing more is asked.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// The server's own limit of a statement, in milliseconds; 0: none is known.
    statement_ms: AtomicU64,
    silent: AtomicBool,
}

impl Patience {
    /// The server's own limit of a statement.
    pub(super) fn limit_statements(&self, ms: u64) {
        self.statement_ms.store(ms, Ordering::Relaxed);
    }

    fn limit_of_statement(&self) -> Duration {
        let limit = match self.statement_ms.load(Ordering::Relaxed) {
            0 => MOMENT,
            ms => Duration::from_millis(ms),
        };
        limit + GRACE
    }

    fn limit_of_moment(&self) -> Duration {
        self.limit_of_statement().min(MOMENT + GRACE)
    }

    /// An answer to a statement.
    pub(super) async fn statement<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        self.answer(name, self.limit_of_statement(), work).await
    }

    /// An answer to what takes a moment.
    pub(super) async fn moment<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        self.answer(name, self.limit_of_moment(), work).await
    }

    async fn answer<T>(
        &self,
        statement: &'static str,
        limit: Duration,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let seconds = limit.as_secs();
        let silent = StoreError::Silent { statement, seconds };
        if self.silent.load(Ordering::Relaxed) {
            return Err(silent);
        }
        if let Ok(done) = tokio::time::timeout(limit, work).await {
            return done.map_err(|error| failure(statement, error));
        }
        self.silent.store(true, Ordering::Relaxed);
        Err(silent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_silent_once_is_asked_no_more() {
        let patience = Patience::default();
        let never = std::future::pending::<Result<(), sqlx::Error>>();
        let ended = patience.answer("commit", Duration::from_millis(20), never);
        assert!(matches!(ended.await, Err(StoreError::Silent { .. })));
        let ended = patience.statement("select_run", async { Ok(()) }).await;
        let told = ended.unwrap_err().to_string();
        assert!(
            told.starts_with("the database gave no answer to select_run within 125 s"),
            "{told}"
        );
    }

    #[tokio::test]
    async fn a_statement_may_take_as_long_as_the_server_lets_it() {
        let patience = Patience::default();
        patience.limit_statements(1_800_000);
        let limits = [
            patience.limit_of_statement().as_secs(),
            patience.limit_of_moment().as_secs(),
        ];
        assert_eq!(limits, [1_805, 125]);
        patience.limit_statements(2_000);
        let limits = [
            patience.limit_of_statement().as_secs(),
            patience.limit_of_moment().as_secs(),
        ];
        assert_eq!(limits, [7, 7]);
        let slow = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(7)
        };
        assert_eq!(patience.statement("insert_txn", slow).await.unwrap(), 7);
    }
}
