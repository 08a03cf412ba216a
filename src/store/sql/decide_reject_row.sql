-- The night $2 decided these bad rows, unless an earlier one did;
-- not those that $3 is said of.
UPDATE reject_row SET decided_night = $2
FROM jsonb_each($1) AS n
WHERE reject_row.side = n.value->>'side' AND reject_row.source = n.value->>'source'
  AND reject_row.id = n.value->>'id' AND reject_row.decided_night > $2
  AND reject_row.decided_night <> $3
