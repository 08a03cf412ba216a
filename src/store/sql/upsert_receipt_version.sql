-- A version counts from its night on. What the version before it says already is not repeated.
INSERT INTO receipt_version (
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256,
    decided_night
)
SELECT
    n.value->>'receipt_id', n.value->>'night', n.value->>'receipt_no', n.value->>'dossier_code',
    n.value->>'fee_id', CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'collected_at',
    CAST(n.value->>'collected_at_ms' AS BIGINT), n.value->>'collected_on', n.value->>'cashier',
    n.value->>'agency_code', n.value->>'status', n.value->>'content', n.value->>'file_sha256',
    '9999-12-31'
FROM json_each($1) AS n
WHERE NOT EXISTS (
    SELECT 1 FROM receipt_version AS p
    WHERE p.receipt_id = n.value->>'receipt_id'
      AND p.content = n.value->>'content'
      AND p.night = (
        SELECT MAX(m.night) FROM receipt_version AS m
        WHERE m.receipt_id = p.receipt_id
          AND m.night <= n.value->>'night'))
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
    decided_night = excluded.decided_night
