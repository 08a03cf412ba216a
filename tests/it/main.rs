//! Integration tests: one binary, one module a part of the crate.

mod export;
mod normalise;
mod report;
mod sample;
mod sandbox;
mod score;
