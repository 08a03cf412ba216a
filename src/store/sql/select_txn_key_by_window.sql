-- Keys of the rows of these sources from the day $2 to the night $3.
SELECT t.source, t.id
FROM txn AS t
WHERE t.business_date >= $2 AND t.business_date <= $3
  AND t.source || '' IN (SELECT k.value->>'k' FROM jsonb_each($1) AS k)
