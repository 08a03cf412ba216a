-- What the night $1 seals of this table: what it decided, and what files say again that were read
-- since the published night $2 before it.
SELECT
    dossier_code, fee_id, night, kind, amount_vnd, agency_code, procedure_code, declared_method,
    due_at, due_at_ms, payer_name, status, received_at, received_at_ms, processing_started_at,
    processing_started_at_ms, result_at, result_at_ms, field_code, filing_channel,
    collection_mode, online_payment_flag, paid_at, paid_at_ms, request_id, receipt_form,
    receipt_series, receipt_no, content, file_sha256, told, said_last,
    decided_night
FROM fee_version
WHERE decided_night = $1
UNION ALL
SELECT
    dossier_code, fee_id, night, kind, amount_vnd, agency_code, procedure_code, declared_method,
    due_at, due_at_ms, payer_name, status, received_at, received_at_ms, processing_started_at,
    processing_started_at_ms, result_at, result_at_ms, field_code, filing_channel,
    collection_mode, online_payment_flag, paid_at, paid_at_ms, request_id, receipt_form,
    receipt_series, receipt_no, content, file_sha256, told, said_last,
    decided_night
FROM fee_version
WHERE decided_night <> $1 AND said_last IN (
    SELECT e.day FROM export_file AS e WHERE e.night > $2 AND e.night <= $1)
