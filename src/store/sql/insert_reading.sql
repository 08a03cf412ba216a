-- What a source answered to a night; a place that is taken stays.
INSERT INTO reading (night, source, seq, part, pulled_ms_wall, asked, what, sha256)
SELECT
    n.value->>'night', n.value->>'source', CAST(n.value->>'seq' AS BIGINT),
    CAST(n.value->>'part' AS BIGINT), CAST(n.value->>'pulled_ms_wall' AS BIGINT),
    n.value->>'asked', n.value->>'what', n.value->>'sha256'
FROM json_each($1) AS n
WHERE true
ON CONFLICT (night, source, seq) DO NOTHING
