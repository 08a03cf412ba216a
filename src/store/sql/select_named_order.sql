-- Orders at the provider $2 with these ids, by the registry's word as of the night $3.
SELECT o.order_id, o.dossier_code, o.amount_vnd, o.created_on, o.status
FROM jsonb_each($1) AS k CROSS JOIN order_version AS o
WHERE o.provider = $2 AND o.order_id = k.value->>'k' AND o.night = (
    SELECT MAX(m.night) FROM order_version AS m
    WHERE m.provider = o.provider AND m.order_id = o.order_id AND m.night <= $3)
