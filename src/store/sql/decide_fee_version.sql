-- The night $2 decided these versions, unless an earlier one did;
-- not those that $3 is said of.
UPDATE fee_version SET decided_night = $2
FROM jsonb_each($1) AS n
WHERE fee_version.dossier_code = n.value->>'dossier_code'
  AND fee_version.fee_id = n.value->>'fee_id'
  AND fee_version.night <= $2 AND fee_version.decided_night > $2
  AND fee_version.decided_night <> $3
