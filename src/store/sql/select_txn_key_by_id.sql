-- Keys of rows with these native ids, whatever the source.
SELECT t.source, t.id
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.id = k.value->>'k' AND t.business_date <= $2
