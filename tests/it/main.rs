//! The integration tests: one binary, one module a topic.

#![allow(
    unreachable_pub,
    missing_docs,
    reason = "modules of one test binary, not an interface"
)]

mod export;
mod normalise;
mod report;
mod sample;
mod sandbox;
mod score;
