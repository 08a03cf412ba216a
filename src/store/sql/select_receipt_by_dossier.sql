-- Receipts of these dossiers as of the night $2.
SELECT
    v.receipt_id, v.night, v.receipt_no, v.dossier_code, v.fee_id, v.amount_vnd, v.collected_at,
    v.collected_at_ms, v.cashier, v.agency_code, v.status
FROM jsonb_each($1) AS k CROSS JOIN receipt_version AS v
WHERE v.dossier_code = k.value->>'k' AND v.night = (
    SELECT MAX(m.night) FROM receipt_version AS m
    WHERE m.receipt_id = v.receipt_id AND m.night <= $2)
