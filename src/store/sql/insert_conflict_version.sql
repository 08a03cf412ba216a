-- Idempotent; tells the rows for which a version is new.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO conflict_version (
    side, source, id, dossier, night, says, amount_vnd, business_date
)
SELECT
    n.value->>'side', n.value->>'source', n.value->>'id', n.value->>'dossier',
    n.value->>'night', n.value->>'says', CAST(n.value->>'amount_vnd' AS BIGINT),
    n.value->>'business_date'
FROM n
WHERE true
ON CONFLICT (side, source, id, dossier, night, says) DO NOTHING
RETURNING
    side, source, id, dossier, night, says, amount_vnd, business_date
