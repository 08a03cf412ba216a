//! Integration tests: one binary, one module a part of the crate.

mod fake;
mod feeds;
mod http;
mod probe;
mod tls;
