//! A night that could not begin: the database does not open, or a definition is unknown. It is the
//! night of which somebody must hear, so everybody is told who can be told without a database: the
//! dead-man's switch, the metrics file, and the file that `status` reads.

use std::time::Duration;

use super::announce::{Ended, Switch, reason};
use super::error::JobError;
use super::last_run::Book;
use super::metrics;
use super::stop::Stop;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Day;

/// The pause between two pings.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells of a start for `day` that ended with `problem` before it could work.
pub async fn tell(config: &Config, clock: &dyn Clock, day: Day, problem: &JobError) {
    let now_ms = clock.now_ms();
    Book::new(config, day, now_ms).ended(Err(problem), now_ms);
    metrics::unopened(config, now_ms, problem.exit());
    let ended = Ended {
        exit: problem.exit(),
        published: false,
        about: reason(problem),
    };
    let switch = Switch::new(config, now_ms, day);
    switch
        .end(config.lang, &Stop::default(), PAUSE, ended)
        .await;
}
