//! Writing again what the database took back in favour of another transaction.

use std::time::Duration;

use super::StoreError;

/// How often a transaction is tried in all.
const ATTEMPTS: u32 = 5;
/// The pause after the first attempt; after each further one it is twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a transaction may still be tried. PostgreSQL answers 40001 (a serialization failure)
/// or 40P01 (a deadlock) when it gave way to another one: the whole of it was rolled back, also
/// where the answer came to the commit.
pub(super) struct Attempts {
    left: u32,
    pause: Duration,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            left: ATTEMPTS - 1,
            pause: PAUSE,
        }
    }

    /// Waits for a moment where a transaction that ended so is to be tried again; false where its
    /// end stands.
    pub(super) async fn again<T>(&mut self, done: &Result<T, StoreError>) -> bool
    where
        T: Sync,
    {
        let gave_way = matches!(done, Err(StoreError::GaveWay(_)));
        if !gave_way || self.left == 0 {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.left -= 1;
        self.pause *= 2;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn after(failures: u32, error: fn() -> StoreError) -> (u32, bool) {
        let mut attempts = Attempts::new();
        let mut tried = 0;
        loop {
            tried += 1;
            let done = if tried <= failures {
                Err(error())
            } else {
                Ok(())
            };
            if !attempts.again(&done).await {
                return (tried, done.is_ok());
            }
        }
    }

    #[tokio::test]
    async fn only_what_gave_way_is_tried_again_and_not_for_ever() {
        let gave_way = || StoreError::GaveWay("deadlock".into());
        assert_eq!(after(0, gave_way).await, (1, true));
        assert_eq!(after(4, gave_way).await, (5, true));
        assert_eq!(after(9, gave_way).await, (5, false));
        assert_eq!(after(1, || StoreError::LeaseLost).await, (1, false));
    }
}
