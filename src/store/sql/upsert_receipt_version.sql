-- A version counts from its night on; within its day the file read last holds.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO receipt_version (
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256,
    told, said_last, decided_night
)
SELECT
    n.value->>'receipt_id', n.value->>'night', n.value->>'receipt_no', n.value->>'dossier_code',
    n.value->>'fee_id', CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'collected_at',
    CAST(n.value->>'collected_at_ms' AS BIGINT), n.value->>'collected_on', n.value->>'cashier',
    n.value->>'agency_code', n.value->>'status', n.value->>'content',
    n.value->>'file_sha256', n.value->>'told', n.value->>'told',
    '9999-12-31'
FROM n
WHERE true
ON CONFLICT (receipt_id, night) DO UPDATE SET
    receipt_no = excluded.receipt_no,
    dossier_code = excluded.dossier_code,
    fee_id = excluded.fee_id,
    amount_vnd = excluded.amount_vnd,
    collected_at = excluded.collected_at,
    collected_at_ms = excluded.collected_at_ms,
    collected_on = excluded.collected_on,
    cashier = excluded.cashier,
    agency_code = excluded.agency_code,
    status = excluded.status,
    content = excluded.content,
    file_sha256 = excluded.file_sha256,
    told = excluded.told,
    said_last = excluded.said_last,
    decided_night = excluded.decided_night
RETURNING
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256, told,
    said_last, decided_night
