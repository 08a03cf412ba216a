-- Business state for the canonical dump; sorted in Rust.
SELECT
    definition, scope, half, numerator, denominator
FROM firm_half
