-- Every version of these receipts.
SELECT
    v.receipt_id, v.night, v.receipt_no, v.dossier_code, v.fee_id, v.amount_vnd, v.collected_at,
    v.collected_at_ms, v.collected_on, v.cashier, v.agency_code, v.status, v.content,
    v.file_sha256, v.told, v.said_last
FROM jsonb_each($1) AS k CROSS JOIN receipt_version AS v
WHERE v.receipt_id = k.value->>'receipt_id'
