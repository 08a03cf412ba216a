-- Business state for the canonical dump; sorted in Rust.
SELECT
    source, sha256, name, seq, account, from_day, to_day, whole_to, entries, rejects, credits,
    opening, closing, gap, night
FROM account_statement
