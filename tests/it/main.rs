//! The integration tests: one binary, one module a topic.

#![allow(
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "modules of one test binary: helpers may fail as tests do"
)]

mod at_risk;
mod audit;
mod bad_input;
mod backup;
mod bridges;
mod by_hand;
mod calendar;
mod campaign_faults;
mod campaign;
mod campaign_disk;
mod campaign_kill;
mod campaign_lease;
mod campaign_postgres;
mod campaign_time;
mod cases;
mod cli;
mod cli_usage;
mod contract_gateways;
mod core_fence;
mod corpora;
mod corpus;
mod database;
mod diff;
mod docs;
mod endings;
mod export;
mod fake;
mod fee_table;
mod feed_casso;
mod feed_sepay;
mod feed_sepay2;
mod flips;
mod fuzz;
mod forms;
mod forms_book;
mod forms_writer;
mod gateways;
mod hostile_files;
mod http;
mod igate;
mod import;
mod inspect;
mod late;
mod late_statement;
mod letters;
mod metrics;
mod minutes;
mod night;
mod night_calibration;
mod night_chain;
mod night_cli;
mod night_cut;
mod night_doubts;
mod night_estimate;
mod night_files;
mod night_igate;
mod night_settlement;
mod night_sources;
mod night_surplus;
mod night_untied;
mod nights;
mod normalise;
mod notify;
mod office;
mod operations;
mod operator;
mod package;
mod passes_load;
mod passes_nights;
mod passes_precision;
mod passes_properties;
mod payments;
mod pdf;
mod period_rows;
mod period_sums;
mod periods;
mod periods_once;
mod prior_sums;
mod probe;
mod probe_answers;
mod prove;
mod push;
mod push_links;
mod quality;
mod refunded_later;
mod registry_tables;
mod replay;
mod report;
mod rest;
mod report_choice;
mod rows;
mod same_bytes;
mod schedule;
mod schedule_cli;
mod schedule_cron;
mod sample;
mod sandbox;
mod sandbox_by_hand;
mod score;
mod settle_lean;
mod settle_properties;
mod settler;
mod security;
mod share_bounds;
mod simulate;
mod source_faults;
mod sql_contract;
mod statement_tables;
mod store;
mod store_again;
mod store_exceptions;
mod store_nights;
mod store_older;
mod store_open;
mod store_proof;
mod store_registry;
mod tls;
mod told;
mod town;
mod upgrade;
mod verify;
mod verify_erased;
mod verify_evidence;
mod versions;
mod what_if;
