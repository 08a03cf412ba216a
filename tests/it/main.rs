//! The integration tests: one binary, one module a topic.

mod export;
mod normalise;
mod report;
mod sample;
mod sandbox;
mod score;
