//! Integration tests: one binary, one module a part of the crate.

mod fake;
mod feed_casso;
mod feed_sepay;
mod http;
mod probe;
mod tls;
