//! SIGINT and SIGTERM: the night ends at its next clean checkpoint, and a rerun resumes. Where the
//! next checkpoint is far (a large night is being settled, a database does not answer), the process
//! ends all the same: what was begun is rolled back, as after a kill.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::warn;

use super::outcome::Exit;

/// So long a night may take to its next checkpoint. Service managers and containers kill after ten
/// seconds or more.
const PATIENCE: Duration = Duration::from_secs(6);

/// Tells whether somebody asked the program to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop {
    asked: watch::Receiver<Option<Exit>>,
    ask: Arc<watch::Sender<Option<Exit>>>,
}

impl Default for Stop {
    fn default() -> Self {
        let (ask, asked) = watch::channel(None);
        Self {
            asked,
            ask: Arc::new(ask),
        }
    }
}

impl Stop {
    /// Listens to the process's signals.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let stop = Self::default();
        for (kind, exit) in [
            (SignalKind::interrupt(), Exit::Interrupted),
            (SignalKind::terminate(), Exit::Terminated),
        ] {
            let mut signals = signal(kind)?;
            let ask = Arc::clone(&stop.ask);
            tokio::spawn(async move {
                if signals.recv().await.is_some() {
                    let exit_code = exit.code();
                    warn!(exit_code, "asked to stop: ends at the next checkpoint");
                    ask.send_replace(Some(exit));
                    tokio::time::sleep(PATIENCE).await;
                    warn!("stopped before a checkpoint; what was begun is rolled back");
                    std::process::exit(exit.code().into());
                }
            });
        }
        Ok(stop)
    }

    /// Asks to stop, as a signal does.
    pub fn ask(&self, exit: Exit) {
        self.ask.send_replace(Some(exit));
    }

    /// How to end, once somebody asked.
    pub fn asked(&self) -> Option<Exit> {
        *self.asked.borrow()
    }

    /// Returns when somebody asks.
    pub async fn wait(&self) -> Exit {
        let mut asked = self.asked.clone();
        loop {
            if let Some(exit) = *asked.borrow_and_update() {
                return exit;
            }
            // The sender lives as long as `self`, so a closed channel cannot be seen here.
            if asked.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
