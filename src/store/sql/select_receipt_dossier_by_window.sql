-- Dossiers of the valid receipts collected from the day $1 to the night $2.
SELECT DISTINCT v.dossier_code
FROM receipt_version AS v
WHERE v.collected_on >= $1 AND v.collected_on <= $2 AND v.status = 'valid'
  AND v.night = (
    SELECT MAX(m.night) FROM receipt_version AS m
    WHERE m.receipt_id = v.receipt_id AND m.night <= $2)
