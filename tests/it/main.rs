//! Integration tests: one binary, a module a part.

mod fake;
mod feeds;
mod http;
