-- Business state for the canonical dump; sorted in Rust.
SELECT
    run_id, definition, scope, period, period_from, period_to, numerator, denominator, low_num,
    low_den, high_num, high_den, outer_bound, enough_data, target_num, target_den, verdict,
    deciding
FROM kpi
