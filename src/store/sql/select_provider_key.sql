-- Keys of the rows of the source $1 of the business days $2 to $3.
SELECT t.source, t.id
FROM txn AS t
WHERE t.source || '' = $1 AND t.business_date >= $2 AND t.business_date <= $3
