//! The order of the IO around `settle`: pull, archive, normalise, store, settle, publish, reveal.

mod announce;
pub mod backup;
pub mod by_hand;
mod calibration;
pub mod desk;
pub mod diff;
pub mod digest;
pub mod error;
pub mod exits;
mod estimate;
mod facts;
pub mod import;
mod kept;
mod names;
pub mod nightly;
pub mod outcome;
mod page;
pub mod progress;
pub mod proof;
pub mod prune;
pub mod pull;
mod recover;
pub mod replay;
pub mod report_again;
pub mod scheduler;
pub mod stage;
pub mod stop;
mod stored;
mod trend;
pub mod verify;
pub mod what_if;

pub use desk::Desk;
pub use error::JobError;
pub use outcome::Exit;
pub use progress::Progress;
pub use stop::Stop;
