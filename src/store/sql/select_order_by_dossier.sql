-- Orders of these dossiers as of the night $2.
SELECT
    v.provider, v.order_id, v.dossier_code, v.fee_ids, v.amount_vnd, v.created_at,
    v.created_at_ms, v.status
FROM jsonb_each($1) AS k CROSS JOIN order_version AS v
WHERE v.dossier_code = k.value->>'k' AND v.night = (
    SELECT MAX(m.night) FROM order_version AS m
    WHERE m.provider = v.provider AND m.order_id = v.order_id AND m.night <= $2)
