//! The integration tests: one binary, one module a topic.

mod cases;
mod export;
mod normalise;
mod sample;
mod score;
