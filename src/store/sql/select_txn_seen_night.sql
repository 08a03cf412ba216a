-- The nights whose pulls first brought these rows.
SELECT t.source, t.id, t.seen_night
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.source = k.value->>'source' AND t.id = k.value->>'id'
