-- The night $2 decided these versions, unless an earlier one did;
-- not those that $3 is said of.
UPDATE receipt_version SET decided_night = $2
FROM jsonb_each($1) AS n
WHERE receipt_version.receipt_id = n.value->>'receipt_id'
  AND receipt_version.night <= $2 AND receipt_version.decided_night > $2
  AND receipt_version.decided_night <> $3
