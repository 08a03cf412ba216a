-- Business state for the canonical dump; sorted in Rust.
SELECT seq, run_id FROM audit
