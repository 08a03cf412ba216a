-- Business state for the canonical dump; sorted in Rust.
SELECT
    definition, scope, day, night, numerator, denominator
FROM firm_change
