-- Business state for the canonical dump; sorted in Rust.
SELECT
    source, order_id, night, answered
FROM probe
