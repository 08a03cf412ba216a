-- Fee lines of dossiers, each as of a day, that hold by the word of the source $2.
SELECT
    v.dossier_code, v.fee_id, v.night, v.kind, v.amount_vnd, v.agency_code, v.procedure_code,
    v.declared_method, v.due_at, v.due_at_ms, v.payer_name, v.status, v.received_at,
    v.received_at_ms, v.processing_started_at, v.processing_started_at_ms, v.result_at,
    v.result_at_ms, v.field_code, v.filing_channel, v.collection_mode, v.online_payment_flag,
    v.paid_at, v.paid_at_ms, v.request_id, v.receipt_form, v.receipt_series, v.receipt_no
FROM jsonb_each($1) AS k CROSS JOIN fee_version AS v
WHERE v.dossier_code = k.value->>'k' AND v.status <> 'cancelled' AND v.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = v.dossier_code AND m.fee_id = v.fee_id
      AND m.night <= k.value->>'day')
  AND EXISTS (
    SELECT 1 FROM export_file AS f
    WHERE f.source = $2 AND f.sha256 = v.file_sha256)
