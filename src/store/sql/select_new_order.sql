-- Orders whose version that counts on the night $1 was not decided before it.
SELECT
    v.provider, v.order_id, v.dossier_code, v.fee_ids, v.amount_vnd, v.created_at,
    v.created_at_ms, v.status
FROM order_version AS v
WHERE v.decided_night >= $1 AND v.night = (
    SELECT MAX(m.night) FROM order_version AS m
    WHERE m.provider = v.provider AND m.order_id = v.order_id AND m.night <= $1)
