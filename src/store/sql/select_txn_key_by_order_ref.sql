-- Keys of rows with these structured references.
SELECT t.source, t.id
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.order_ref = k.value->>'k' AND t.business_date <= $2
