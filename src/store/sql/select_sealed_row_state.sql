-- What the night $1 seals of this table.
SELECT
    side, source, id, dossier, night, until, run_id, class, severity, bucket, open, amount_vnd,
    dossier_code, business_date, evidence, nearest, also, exception_id, content
FROM row_state
WHERE night = $1
