-- What each transaction paid on the days $1 to $2 gave to fee lines as of the night $3, by role,
-- dossier, agency and kind of fee; none of them is of an accounting day
-- before $4.
SELECT
    'txn' AS side, l.source AS place, l.id, l.role, l.dossier_code, f.agency_code, f.kind,
    CAST(SUM(l.amount_vnd) AS BIGINT) AS amount_vnd
FROM txn AS t CROSS JOIN match_leg AS l CROSS JOIN match_group AS g CROSS JOIN fee_version AS f
WHERE t.business_date >= $4 AND t.paid_on >= $1 AND t.paid_on <= $2
  AND l.side = 'txn' AND l.source = t.source AND l.id = t.id
  AND l.role IN ('settles', 'refund', 'reversal')
  AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
  AND g.night <= $3 AND g.until > $3
  AND f.dossier_code = l.dossier_code AND f.fee_id = l.fee_id AND f.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = f.dossier_code AND m.fee_id = f.fee_id AND m.night <= $3)
GROUP BY l.source, l.id, l.role, l.dossier_code, f.agency_code, f.kind
