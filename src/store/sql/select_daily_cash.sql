-- Cash events (valid receipts of one dossier, cashier and moment) by day, from $1 to $2.
SELECT v.collected_on AS day,
    COUNT(DISTINCT v.dossier_code || '|' || v.cashier || '|' || v.collected_at_ms) AS counted,
    CAST(SUM(v.amount_vnd) AS BIGINT) AS sum_vnd, 0 AS back, 0 AS back_vnd
FROM receipt_version AS v
WHERE v.collected_on >= $1 AND v.collected_on <= $2 AND v.status = 'valid' AND v.night = (
    SELECT MAX(m.night) FROM receipt_version AS m WHERE m.receipt_id = v.receipt_id)
GROUP BY v.collected_on
