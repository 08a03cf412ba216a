//! Integration tests: one binary, because each further one links everything again.

mod database;
mod rows;
mod sql_contract;
mod store;
