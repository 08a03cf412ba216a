-- What a source answered to a night; a place that is taken stays.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO reading (night, source, seq, part, pulled_ms_wall, asked, what, sha256)
SELECT
    n.value->>'night', n.value->>'source', CAST(n.value->>'seq' AS BIGINT),
    CAST(n.value->>'part' AS BIGINT), CAST(n.value->>'pulled_ms_wall' AS BIGINT),
    n.value->>'asked', n.value->>'what', n.value->>'sha256'
FROM n
WHERE true
ON CONFLICT (night, source, seq) DO NOTHING
RETURNING
    night, source, seq, part, pulled_ms_wall, asked, what, sha256
