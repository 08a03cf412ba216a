-- What each receipt of the days $1 to $2 gave to fee lines as of the night $3, by role, dossier,
-- agency and kind of fee; its place is the dossier that it was written for.
SELECT
    'receipt' AS side, r.dossier_code AS place, l.id, l.role, l.dossier_code, f.agency_code, f.kind,
    CAST(SUM(l.amount_vnd) AS BIGINT) AS amount_vnd
FROM receipt_version AS r CROSS JOIN match_leg AS l CROSS JOIN match_group AS g
CROSS JOIN fee_version AS f
WHERE r.collected_on >= $1 AND r.collected_on <= $2 AND r.night = (
    SELECT MAX(k.night) FROM receipt_version AS k
    WHERE k.receipt_id = r.receipt_id AND k.night <= $3)
  AND l.side = 'receipt' AND l.source = 'cash' AND l.id = r.receipt_id
  AND l.role IN ('settles', 'refund', 'reversal')
  AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
  AND g.night <= $3 AND g.until > $3
  AND f.dossier_code = l.dossier_code AND f.fee_id = l.fee_id AND f.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = f.dossier_code AND m.fee_id = f.fee_id AND m.night <= $3)
GROUP BY r.dossier_code, l.id, l.role, l.dossier_code, f.agency_code, f.kind
