//! Integration tests: one binary, one module a part of the crate.

mod normalise;
mod report;
mod sandbox;
