-- Days on which an order of the provider $2 was made of which $3 told nothing by the night $4.
SELECT DISTINCT v.created_on
FROM jsonb_each($1) AS k CROSS JOIN order_version AS v
WHERE v.provider = $2 AND v.created_on = k.value->>'k' AND v.night <= $4
  AND NOT EXISTS (
    SELECT 1 FROM probe AS p
    WHERE p.source = $3 AND p.order_id = v.order_id AND p.answered = 1 AND p.night <= $4)
