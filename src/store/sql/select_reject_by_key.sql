-- Bad rows by identity.
SELECT
    r.side, r.source, r.id, r.file, r.line, r.column_name, r.value, r.code, r.amount_vnd,
    r.business_date, r.night
FROM jsonb_each($1) AS k CROSS JOIN reject_row AS r
WHERE r.side = k.value->>'side' AND r.source = k.value->>'source' AND r.id = k.value->>'id'
