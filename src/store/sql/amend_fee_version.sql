-- A later file said the same again, or an older one told what was before: a version that moves is
-- decided again.
UPDATE fee_version SET
    night = n.value->>'to',
    said_last = n.value->>'said_last',
    decided_night = CASE
        WHEN fee_version.night = n.value->>'to' THEN fee_version.decided_night
        ELSE '9999-12-31' END
FROM jsonb_each($1) AS n
WHERE fee_version.dossier_code = n.value->>'a'
  AND fee_version.fee_id = n.value->>'b'
  AND fee_version.night = n.value->>'night'
RETURNING
    dossier_code, fee_id, night, kind, amount_vnd, agency_code, procedure_code, declared_method,
    due_at, due_at_ms, payer_name, status, received_at, received_at_ms, processing_started_at,
    processing_started_at_ms, result_at, result_at_ms, field_code, filing_channel,
    collection_mode, online_payment_flag, paid_at, paid_at_ms, request_id, receipt_form,
    receipt_series, receipt_no, content, file_sha256, told, said_last, decided_night
