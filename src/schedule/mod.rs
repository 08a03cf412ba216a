//! When the night runs: five Unix cron fields in Viet Nam time, which nights are due, and which of
//! the missed ones are made up for.

pub mod due;
pub mod next;

pub use due::{CatchUp, Nights};
pub use next::{Cron, CronError};
