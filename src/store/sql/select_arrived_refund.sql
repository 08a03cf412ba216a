-- Refunds that count from a night after $3 on, of payments of the days $1 to $2.
SELECT t.source, t.id, t.kind, t.status, t.amount_vnd, t.paid_on, t.bank_ref,
    CASE WHEN t.seen_night > t.business_date THEN t.seen_night ELSE t.business_date END AS told,
    p.source AS paid_source, p.id AS paid_id
FROM txn AS t CROSS JOIN match_leg AS b CROSS JOIN match_group AS g CROSS JOIN match_leg AS s
    CROSS JOIN txn AS p
WHERE (t.seen_night > $3 OR t.business_date > $3)
  AND b.side = 'txn' AND b.source = t.source AND b.id = t.id AND b.role IN ('refund', 'reversal')
  AND g.group_id = b.group_id AND g.night = b.night AND g.live = 1 AND g.until = '9999-12-31'
  AND s.group_id = b.group_id AND s.night = b.night AND s.side = 'txn' AND s.role = 'settles'
  AND s.dossier_code = b.dossier_code
  AND p.source = s.source AND p.id = s.id AND p.paid_on >= $1 AND p.paid_on <= $2
