-- Business state for the canonical dump; sorted in Rust.
SELECT
    definition, item, scope, night, until, live, run_id, owner, day, numerator, denominator,
    firm, outcomes, coupled, exceptions, content
FROM contribution
