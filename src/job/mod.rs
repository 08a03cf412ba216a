//! The order of the IO around `settle`: pull, archive, normalise, store, settle, publish, reveal.

pub mod outcome;

pub use outcome::Exit;
