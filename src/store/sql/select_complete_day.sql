-- Days of the feed $1 from $2 to $3 that came completely, told by the nights up to $4.
SELECT day FROM feed_day
WHERE source = $1 AND day >= $2 AND day <= $3 AND state = 'complete' AND night <= $4
