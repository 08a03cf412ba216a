-- Versions of these rows that count by the night $2; of a registry row only those that the version
-- of that night contradicts.
SELECT
    c.side, c.source, c.id, c.dossier, c.night, c.says, c.amount_vnd, c.business_date
FROM json_each($1) AS k CROSS JOIN conflict_version AS c
WHERE c.side = k.value->>'side' AND c.source = k.value->>'source' AND c.id = k.value->>'id'
  AND c.dossier = k.value->>'dossier'
  AND (c.side = 'txn'
    OR (c.side = 'fee' AND c.night = (
        SELECT MAX(m.night) FROM fee_version AS m
        WHERE m.dossier_code = c.dossier AND m.fee_id = c.id AND m.night <= $2))
    OR (c.side = 'receipt' AND c.night = (
        SELECT MAX(m.night) FROM receipt_version AS m
        WHERE m.receipt_id = c.id AND m.night <= $2)))
