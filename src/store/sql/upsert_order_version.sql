-- A version counts from its night on; within its day the file read last holds.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO order_version (
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, told, said_last, decided_night
)
SELECT
    n.value->>'provider', n.value->>'order_id', n.value->>'night', n.value->>'dossier_code',
    n.value->>'fee_ids', CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'created_at',
    CAST(n.value->>'created_at_ms' AS BIGINT), n.value->>'created_on', n.value->>'status',
    n.value->>'content', n.value->>'file_sha256', n.value->>'told', n.value->>'told',
    '9999-12-31'
FROM n
WHERE true
ON CONFLICT (provider, order_id, night) DO UPDATE SET
    dossier_code = excluded.dossier_code,
    fee_ids = excluded.fee_ids,
    amount_vnd = excluded.amount_vnd,
    created_at = excluded.created_at,
    created_at_ms = excluded.created_at_ms,
    created_on = excluded.created_on,
    status = excluded.status,
    content = excluded.content,
    file_sha256 = excluded.file_sha256,
    told = excluded.told,
    said_last = excluded.said_last,
    decided_night = excluded.decided_night
RETURNING
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, told, said_last, decided_night
