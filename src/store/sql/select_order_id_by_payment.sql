-- References of the source's rows from the day $2 on that were seen before the night $3.
SELECT DISTINCT COALESCE(t.order_ref, t.id) AS order_id
FROM txn AS t
WHERE t.source || '' = $1 AND t.business_date >= $2 AND t.business_date <= $3 AND t.seen_night < $3
