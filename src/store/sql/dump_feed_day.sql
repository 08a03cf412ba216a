-- Business state for the canonical dump; sorted in Rust.
SELECT
    source, day, state, night
FROM feed_day
