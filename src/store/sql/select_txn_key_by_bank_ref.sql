-- Keys of rows with these bank references.
SELECT t.source, t.id
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.bank_ref = k.value->>'k' AND t.business_date <= $2
