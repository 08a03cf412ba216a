-- Every version of these fee lines.
SELECT
    v.dossier_code, v.fee_id, v.night, v.kind, v.amount_vnd, v.agency_code, v.procedure_code,
    v.declared_method, v.due_at, v.due_at_ms, v.payer_name, v.status, v.received_at,
    v.received_at_ms, v.processing_started_at, v.processing_started_at_ms, v.result_at,
    v.result_at_ms, v.field_code, v.filing_channel, v.collection_mode, v.online_payment_flag,
    v.paid_at, v.paid_at_ms, v.request_id, v.receipt_form, v.receipt_series, v.receipt_no,
    v.content, v.file_sha256, v.told, v.said_last
FROM jsonb_each($1) AS k CROSS JOIN fee_version AS v
WHERE v.dossier_code = k.value->>'dossier_code' AND v.fee_id = k.value->>'fee_id'
