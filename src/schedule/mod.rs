//! When the night runs: five Unix cron fields in Viet Nam time, and the last closed business day.

pub mod next;

pub use next::{Cron, CronError};
