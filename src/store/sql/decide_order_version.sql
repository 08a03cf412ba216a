-- The night $2 decided these versions, unless an earlier one did;
-- not those that $3 is said of.
UPDATE order_version SET decided_night = $2
FROM jsonb_each($1) AS n
WHERE order_version.provider = n.value->>'provider'
  AND order_version.order_id = n.value->>'order_id'
  AND order_version.night <= $2 AND order_version.decided_night > $2
  AND order_version.decided_night <> $3
