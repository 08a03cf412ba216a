//! Integration tests: one binary, because each further one links everything again.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking, like the tests themselves"
)]

mod database;
mod rows;
mod sql_contract;
mod settler;
mod store;
mod store_nights;
