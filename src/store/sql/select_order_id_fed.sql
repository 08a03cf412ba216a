-- Orders of the provider $2 whose dossiers have money of other sources than $1 from the day $3 on,
-- linked before the night $4.
SELECT DISTINCT v.order_id
FROM txn AS t CROSS JOIN match_leg AS l CROSS JOIN order_version AS v
WHERE t.business_date >= $3 AND t.business_date <= $4 AND t.source || '' <> $1
  AND l.side = 'txn' AND l.source = t.source AND l.id = t.id AND l.night || '' < $4
  AND v.dossier_code = l.dossier_code AND v.provider || '' = $2 AND v.night || '' <= $4
