-- Orders of the provider $2 made on these days, known by the night $3.
SELECT DISTINCT v.order_id
FROM jsonb_each($1) AS k CROSS JOIN order_version AS v
WHERE v.provider = $2 AND v.created_on = k.value->>'k' AND v.night <= $3
