-- Where archived bytes came from; the first word stays.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO raw (sha256, source, what, bytes, at_wall)
SELECT
    n.value->>'sha256', n.value->>'source', n.value->>'what', CAST(n.value->>'bytes' AS BIGINT),
    n.value->>'at_wall'
FROM n
WHERE true
ON CONFLICT (sha256, source, what) DO NOTHING
RETURNING
    sha256, source, what, bytes, at_wall
