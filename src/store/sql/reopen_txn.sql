-- A row that a new contradiction concerns is looked at again.
UPDATE txn SET decided_night = '9999-12-31'
FROM jsonb_each($1) AS n
WHERE txn.source = n.value->>'source' AND txn.id = n.value->>'id'
