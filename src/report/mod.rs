//! What people read: from a settlement and the facts of the run to the files of a night.
//!
//! `model` (pure) decides everything a reader sees; `html`, `csv` and `json` only write it down;
//! `publish` puts the finished folder in place, whole or not at all.

pub mod facts;
pub mod model;

mod chart;
mod style;
pub mod csv;
pub mod escape;
pub mod files;
pub mod forms;
pub mod html;
pub mod json;
pub mod pdf;
pub mod publish;
pub mod xlsx;

pub use facts::{
    Calibration, Changes, Closed, Digests, Estimate, Figure, GatewayFacts, HeldBefore, KindFigure,
    Note, PageFacts, Previous, Replaced, Ruled, RunFacts, SourceFile, SourceNight, StandingRow,
    StatementBalance, TrendPoint,
};
pub use files::{match_files, night_files};
pub use model::{Report, rule_lines};
