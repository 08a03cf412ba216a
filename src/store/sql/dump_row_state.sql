-- Business state for the canonical dump; sorted in Rust.
SELECT
    side, source, id, dossier, night, until, run_id, class, severity, bucket, open, amount_vnd,
    dossier_code, business_date, evidence, nearest, also, exception_id, content
FROM row_state
