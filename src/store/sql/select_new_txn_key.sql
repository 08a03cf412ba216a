-- Keys of the rows that count by the night $1 and were not decided before it.
SELECT t.source, t.id
FROM txn AS t
WHERE t.decided_night >= $1 AND t.business_date || '' <= $1
