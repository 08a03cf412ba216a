-- Business state for the canonical dump; sorted in Rust.
SELECT
    source, day, state
FROM feed_day
