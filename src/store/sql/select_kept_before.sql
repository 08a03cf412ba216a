-- What the nights said, each of the payments of its own day, of those of the source $1 on the
-- business days $2 to $3 that tell no fee: why they are short, where it is a fee.
SELECT s.evidence
FROM txn AS t CROSS JOIN row_state AS s
WHERE t.source || '' = $1 AND t.business_date >= $2 AND t.business_date <= $3
  AND t.kind = 'payment' AND t.fee_vnd = 0
  AND s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
  AND s.night <= t.business_date AND s.until > t.business_date AND s.bucket <> 'excluded'
  AND s.evidence LIKE '%net_of_fee%'
