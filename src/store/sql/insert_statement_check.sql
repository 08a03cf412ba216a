-- A known statement changes nothing.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO statement_check (source, sha256, name, seq, says, night)
SELECT n.value->>'source', n.value->>'sha256', n.value->>'name',
    CAST(n.value->>'seq' AS BIGINT), n.value->>'says', n.value->>'night'
FROM n
WHERE true
ON CONFLICT (source, sha256, name, seq) DO NOTHING
RETURNING
    source, sha256, name, seq, says, night
