-- A version counts from the day of the file that told it.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO agency_version (
    code, valid_from, night, valid_to, name, level, parent_code, successor_code, kind
)
SELECT
    n.value->>'code', n.value->>'valid_from', n.value->>'night', n.value->>'valid_to',
    n.value->>'name', n.value->>'level', n.value->>'parent_code', n.value->>'successor_code',
    n.value->>'kind'
FROM n
WHERE true
ON CONFLICT (code, valid_from, night) DO UPDATE SET
    valid_to = excluded.valid_to,
    name = excluded.name,
    level = excluded.level,
    parent_code = excluded.parent_code,
    successor_code = excluded.successor_code,
    kind = excluded.kind
RETURNING
    code, valid_from, night, valid_to, name, level, parent_code, successor_code, kind
