-- What the dossiers of certified sets owed whose payments were made on the days $1 to $2, as of the
-- night $3, by agency and kind of fee; none of the payments is of an accounting day before $4. All
-- payments of a set are of one day: its first tells when.
SELECT f.agency_code, f.kind, CAST(SUM(f.amount_vnd) AS BIGINT) AS amount_vnd
FROM txn AS t CROSS JOIN match_leg AS p CROSS JOIN match_group AS g CROSS JOIN match_leg AS l
CROSS JOIN fee_version AS f
WHERE t.business_date >= $4 AND t.paid_on >= $1 AND t.paid_on <= $2
  AND p.side = 'txn' AND p.source = t.source AND p.id = t.id AND p.role = 'member'
  AND g.group_id = p.group_id AND g.night = p.night AND g.live = 1
  AND g.night <= $3 AND g.until > $3
  AND p.seq = (
    SELECT MIN(q.seq) FROM match_leg AS q
    WHERE q.group_id = p.group_id AND q.night = p.night AND q.side = 'txn')
  AND l.group_id = g.group_id AND l.night = g.night AND l.side = 'fee' AND l.role = 'member'
  AND f.dossier_code = l.dossier_code AND f.fee_id = l.fee_id AND f.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = f.dossier_code AND m.fee_id = f.fee_id AND m.night <= $3)
GROUP BY f.agency_code, f.kind
