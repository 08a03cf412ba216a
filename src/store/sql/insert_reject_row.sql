-- Idempotent: the same bad row delivered twice is one row.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO reject_row (
    side, source, id, file, line, column_name, value, code, amount_vnd, business_date, night,
    decided_night
)
SELECT
    n.value->>'side', n.value->>'source', n.value->>'id', n.value->>'file',
    CAST(n.value->>'line' AS BIGINT), n.value->>'column_name', n.value->>'value',
    n.value->>'code', CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'business_date',
    n.value->>'night',
    '9999-12-31'
FROM n
WHERE true
ON CONFLICT (side, source, id) DO NOTHING
RETURNING
    side, source, id, file, line, column_name, value, code, amount_vnd, business_date, night,
    decided_night
