-- Business state for the canonical dump; sorted in Rust.
SELECT seq, period, action, run_id FROM closing
