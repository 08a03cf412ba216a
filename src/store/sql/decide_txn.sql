-- The night $2 decided these rows, unless an earlier one did;
-- not those that $3 is said of.
UPDATE txn SET decided_night = $2
FROM jsonb_each($1) AS n
WHERE txn.source = n.value->>'source' AND txn.id = n.value->>'id' AND txn.decided_night > $2
  AND txn.decided_night <> $3
