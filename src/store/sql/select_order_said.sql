-- Every version of these orders, and which days told it.
SELECT v.provider AS a, v.order_id AS b, v.night, v.told, v.said_last, v.content
FROM jsonb_each($1) AS k CROSS JOIN order_version AS v
WHERE v.provider = k.value->>'a' AND v.order_id = k.value->>'b'
