-- What transactions spell; known already: nothing.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO txn_spelling (spelling, source, id)
SELECT n.value->>'spelling', n.value->>'source', n.value->>'id'
FROM n
WHERE true
ON CONFLICT (spelling, source, id) DO NOTHING
