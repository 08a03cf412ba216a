-- Every version of these receipts, and which days told it.
SELECT v.receipt_id AS a, '' AS b, v.night, v.told, v.said_last, v.content
FROM jsonb_each($1) AS k CROSS JOIN receipt_version AS v
WHERE v.receipt_id = k.value->>'a'
