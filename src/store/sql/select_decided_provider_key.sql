-- Keys of the rows of the source $1 from before the business day $2 that a night after the night $3
-- and up to the night $4 decided, or decided otherwise.
SELECT s.source, s.id
FROM row_state AS s
WHERE s.night > $3 AND s.night <= $4 AND s.until > $4
  AND s.side || '' = 'txn' AND s.source || '' = $1 AND s.business_date || '' < $2
