-- Keys of the rows of the source $1 that count under the business days $2 to $3 now, and of those
-- that did so on the night $4 and were decided anew since: such a row may be one of another day.
SELECT t.source, t.id
FROM txn AS t
WHERE t.source || '' = $1 AND t.business_date >= $2 AND t.business_date <= $3
UNION
SELECT s.source, s.id
FROM row_state AS s CROSS JOIN row_state AS p
WHERE s.night > $4 AND s.side || '' = 'txn' AND s.source || '' = $1
  AND p.side = 'txn' AND p.source = s.source AND p.id = s.id AND p.dossier = ''
  AND p.night <= $4 AND p.until > $4 AND p.business_date >= $2 AND p.business_date <= $3
