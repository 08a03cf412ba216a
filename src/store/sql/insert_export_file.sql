-- A known file changes nothing.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO export_file (source, sha256, name, kind, lines, day, night)
SELECT n.value->>'source', n.value->>'sha256', n.value->>'name', n.value->>'kind',
    CAST(n.value->>'lines' AS BIGINT), n.value->>'day', n.value->>'night'
FROM n
WHERE true
ON CONFLICT (source, sha256, name) DO NOTHING
RETURNING
    source, sha256, name, kind, lines, day, night
