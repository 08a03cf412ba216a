-- Every version of these payment orders.
SELECT
    v.provider, v.order_id, v.night, v.dossier_code, v.fee_ids, v.amount_vnd, v.created_at,
    v.created_at_ms, v.created_on, v.status, v.content, v.file_sha256, v.told, v.said_last
FROM jsonb_each($1) AS k CROSS JOIN order_version AS v
WHERE v.provider = k.value->>'provider' AND v.order_id = k.value->>'order_id'
