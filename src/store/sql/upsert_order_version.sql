-- A version counts from its night on. What the version before it says already is not repeated.
INSERT INTO order_version (
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, decided_night
)
SELECT
    n.value->>'provider', n.value->>'order_id', n.value->>'night', n.value->>'dossier_code',
    n.value->>'fee_ids', CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'created_at',
    CAST(n.value->>'created_at_ms' AS BIGINT), n.value->>'created_on', n.value->>'status',
    n.value->>'content', n.value->>'file_sha256',
    '9999-12-31'
FROM json_each($1) AS n
WHERE NOT EXISTS (
    SELECT 1 FROM order_version AS p
    WHERE p.provider = n.value->>'provider' AND p.order_id = n.value->>'order_id'
      AND p.content = n.value->>'content'
      AND p.night = (
        SELECT MAX(m.night) FROM order_version AS m
        WHERE m.provider = p.provider AND m.order_id = p.order_id
          AND m.night <= n.value->>'night'))
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
    decided_night = excluded.decided_night
