-- The payments of certified sets made on the days $1 to $2, as of the night $3; none of them is
-- of an accounting day before $4.
SELECT p.source, p.id
FROM txn AS t CROSS JOIN match_leg AS p CROSS JOIN match_group AS g
WHERE t.business_date >= $4 AND t.paid_on >= $1 AND t.paid_on <= $2
  AND p.side = 'txn' AND p.source = t.source AND p.id = t.id AND p.role = 'member'
  AND g.group_id = p.group_id AND g.night = p.night AND g.live = 1
  AND g.night <= $3 AND g.until > $3
