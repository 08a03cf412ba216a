-- Bank lines from the day $1 to the night $2 that were taken for the sum of a whole day before it.
SELECT t.source, t.id, s.evidence
FROM txn AS t CROSS JOIN row_state AS s
WHERE t.business_date >= $1 AND t.business_date <= $2
  AND s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
  AND s.night < $2 AND s.until >= $2 AND s.class IN ('batch_settlement', 'cash_deposit')
