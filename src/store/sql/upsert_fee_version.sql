-- A version counts from its night on; within its day the file read last holds.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO fee_version (
    dossier_code, fee_id, night, kind, amount_vnd, agency_code, procedure_code, declared_method,
    due_at, due_at_ms, payer_name, status, received_at, received_at_ms, processing_started_at,
    processing_started_at_ms, result_at, result_at_ms, field_code, filing_channel,
    collection_mode, online_payment_flag, paid_at, paid_at_ms, request_id, receipt_form,
    receipt_series, receipt_no, content, file_sha256, told, said_last, decided_night
)
SELECT
    n.value->>'dossier_code', n.value->>'fee_id', n.value->>'night', n.value->>'kind',
    CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'agency_code', n.value->>'procedure_code',
    n.value->>'declared_method', n.value->>'due_at', CAST(n.value->>'due_at_ms' AS BIGINT),
    n.value->>'payer_name', n.value->>'status', n.value->>'received_at',
    CAST(n.value->>'received_at_ms' AS BIGINT), n.value->>'processing_started_at',
    CAST(n.value->>'processing_started_at_ms' AS BIGINT), n.value->>'result_at',
    CAST(n.value->>'result_at_ms' AS BIGINT), n.value->>'field_code',
    n.value->>'filing_channel', n.value->>'collection_mode',
    CAST(n.value->>'online_payment_flag' AS BIGINT), n.value->>'paid_at',
    CAST(n.value->>'paid_at_ms' AS BIGINT), n.value->>'request_id', n.value->>'receipt_form',
    n.value->>'receipt_series', n.value->>'receipt_no', n.value->>'content',
    n.value->>'file_sha256', n.value->>'told', n.value->>'told',
    '9999-12-31'
FROM n
WHERE true
ON CONFLICT (dossier_code, fee_id, night) DO UPDATE SET
    kind = excluded.kind,
    amount_vnd = excluded.amount_vnd,
    agency_code = excluded.agency_code,
    procedure_code = excluded.procedure_code,
    declared_method = excluded.declared_method,
    due_at = excluded.due_at,
    due_at_ms = excluded.due_at_ms,
    payer_name = excluded.payer_name,
    status = excluded.status,
    received_at = excluded.received_at,
    received_at_ms = excluded.received_at_ms,
    processing_started_at = excluded.processing_started_at,
    processing_started_at_ms = excluded.processing_started_at_ms,
    result_at = excluded.result_at,
    result_at_ms = excluded.result_at_ms,
    field_code = excluded.field_code,
    filing_channel = excluded.filing_channel,
    collection_mode = excluded.collection_mode,
    online_payment_flag = excluded.online_payment_flag,
    paid_at = excluded.paid_at,
    paid_at_ms = excluded.paid_at_ms,
    request_id = excluded.request_id,
    receipt_form = excluded.receipt_form,
    receipt_series = excluded.receipt_series,
    receipt_no = excluded.receipt_no,
    content = excluded.content,
    file_sha256 = excluded.file_sha256,
    told = excluded.told,
    said_last = excluded.said_last,
    decided_night = excluded.decided_night
RETURNING
    dossier_code, fee_id, night, kind, amount_vnd, agency_code, procedure_code, declared_method,
    due_at, due_at_ms, payer_name, status, received_at, received_at_ms, processing_started_at,
    processing_started_at_ms, result_at, result_at_ms, field_code, filing_channel,
    collection_mode, online_payment_flag, paid_at, paid_at_ms, request_id, receipt_form,
    receipt_series, receipt_no, content, file_sha256, told, said_last, decided_night
