-- Receipts whose version that counts on the night $1 was not decided before it.
SELECT
    v.receipt_id, v.night, v.receipt_no, v.dossier_code, v.fee_id, v.amount_vnd, v.collected_at,
    v.collected_at_ms, v.cashier, v.agency_code, v.status
FROM receipt_version AS v
WHERE v.decided_night >= $1 AND v.night = (
    SELECT MAX(m.night) FROM receipt_version AS m
    WHERE m.receipt_id = v.receipt_id AND m.night <= $1)
