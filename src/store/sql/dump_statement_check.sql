-- Business state for the canonical dump; sorted in Rust.
SELECT source, sha256, name, seq, says, night FROM statement_check
