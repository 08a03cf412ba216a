-- The documents of a run.
INSERT INTO run_kept (run_id, what, sha256)
SELECT n.value->>'run_id', n.value->>'what', n.value->>'sha256'
FROM json_each($1) AS n
WHERE true
