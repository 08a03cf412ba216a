-- The documents of a run.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO run_kept (run_id, what, sha256)
SELECT n.value->>'run_id', n.value->>'what', n.value->>'sha256'
FROM n
WHERE true
