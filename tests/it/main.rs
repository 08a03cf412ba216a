//! Integration tests: one binary, one module a part of the crate.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    missing_docs,
    reason = "helpers of tests may fail as tests do; modules of one test binary, not an interface"
)]

mod cli;
mod export;
mod inspect;
mod normalise;
mod report;
mod sample;
mod sandbox;
mod score;
