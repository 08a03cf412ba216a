-- Receipts of the days $1 to $2 that files after the day $3 told anew or otherwise.
SELECT v.receipt_id, v.dossier_code, v.status, v.amount_vnd, v.collected_on, v.told,
    (SELECT MIN(m.told) FROM receipt_version AS m WHERE m.receipt_id = v.receipt_id) AS first_told
FROM receipt_version AS v
WHERE v.collected_on >= $1 AND v.collected_on <= $2 AND v.told > $3
