-- Keys of the rows of the source $1 that the night $4 told of the business days $2 to $3: a row that
-- waited and was paid on a later day is of that day since, and was not then. No night tells of
-- days after it, so no earlier one than the night $2 knows them.
SELECT s.source, s.id
FROM row_state AS s
WHERE s.night >= $2 AND s.night <= $4 AND s.until > $4
  AND s.side || '' = 'txn' AND s.source || '' = $1
  AND s.business_date || '' >= $2 AND s.business_date || '' <= $3
