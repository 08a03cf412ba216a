-- Orders at the provider $1 made on the days $2 to $3, by the registry's word as of the night $4.
SELECT o.order_id, o.dossier_code, o.amount_vnd, o.created_on, o.status
FROM order_version AS o
WHERE o.provider = $1 AND o.created_on >= $2 AND o.created_on <= $3 AND o.night = (
    SELECT MAX(m.night) FROM order_version AS m
    WHERE m.provider = o.provider AND m.order_id = o.order_id AND m.night <= $4)
