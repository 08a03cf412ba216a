-- Business state for the canonical dump; sorted in Rust.
SELECT run_id, what, sha256 FROM run_kept
