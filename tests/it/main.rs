//! The integration tests: one binary, one module a topic.

mod export;
mod inspect;
mod normalise;
