-- Versions of these rows that count by the night $2; of a registry row only those told while the
-- version that counts then was said.
SELECT
    c.side, c.source, c.id, c.dossier, c.night, c.says, c.amount_vnd, c.business_date
FROM jsonb_each($1) AS k CROSS JOIN conflict_version AS c
WHERE c.side = k.value->>'side' AND c.source = k.value->>'source' AND c.id = k.value->>'id'
  AND c.dossier = k.value->>'dossier'
  AND (c.side = 'txn'
    OR (c.side = 'fee' AND EXISTS (
        SELECT 1 FROM fee_version AS v
        WHERE v.dossier_code = c.dossier AND v.fee_id = c.id
          AND v.night = (
            SELECT MAX(m.night) FROM fee_version AS m
            WHERE m.dossier_code = c.dossier AND m.fee_id = c.id AND m.night <= $2)
          AND c.night >= v.told AND c.night <= v.said_last
          AND (c.night <= $2 OR c.night = v.told)))
    OR (c.side = 'receipt' AND EXISTS (
        SELECT 1 FROM receipt_version AS v
        WHERE v.receipt_id = c.id
          AND v.night = (
            SELECT MAX(m.night) FROM receipt_version AS m
            WHERE m.receipt_id = c.id AND m.night <= $2)
          AND c.night >= v.told AND c.night <= v.said_last
          AND (c.night <= $2 OR c.night = v.told))))
