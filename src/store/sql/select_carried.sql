-- What the nights after the night $2 and up to the night $3 changed of what payments and receipts
-- of before the day $1 gave to fee lines: a row a leg, with what it is more or less now, by kind.
WITH c AS (
    SELECT DISTINCT d.group_id FROM match_group AS d WHERE d.night > $2 AND d.night <= $3
)
SELECT f.kind, CASE WHEN g.night <= $3 AND g.until > $3 THEN l.amount_vnd ELSE 0 END
    - CASE WHEN g.night <= $2 AND g.until > $2 THEN l.amount_vnd ELSE 0 END AS more_vnd
FROM c CROSS JOIN match_group AS g CROSS JOIN match_leg AS l CROSS JOIN txn AS t
CROSS JOIN fee_version AS f
WHERE g.group_id = c.group_id AND g.live = 1
  AND ((g.night <= $3 AND g.until > $3) OR (g.night <= $2 AND g.until > $2))
  AND l.group_id = g.group_id AND l.night = g.night AND l.side = 'txn'
  AND l.role IN ('settles', 'refund', 'reversal')
  AND t.source = l.source AND t.id = l.id AND t.paid_on < $1
  AND f.dossier_code = l.dossier_code AND f.fee_id = l.fee_id AND f.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = f.dossier_code AND m.fee_id = f.fee_id AND m.night <= $3)
UNION ALL
SELECT f.kind, CASE WHEN g.night <= $3 AND g.until > $3 THEN l.amount_vnd ELSE 0 END
    - CASE WHEN g.night <= $2 AND g.until > $2 THEN l.amount_vnd ELSE 0 END AS more_vnd
FROM c CROSS JOIN match_group AS g CROSS JOIN match_leg AS l CROSS JOIN receipt_version AS r
CROSS JOIN fee_version AS f
WHERE g.group_id = c.group_id AND g.live = 1
  AND ((g.night <= $3 AND g.until > $3) OR (g.night <= $2 AND g.until > $2))
  AND l.group_id = g.group_id AND l.night = g.night AND l.side = 'receipt'
  AND l.role IN ('settles', 'refund', 'reversal')
  AND r.receipt_id = l.id AND r.collected_on < $1 AND r.night = (
    SELECT MAX(k.night) FROM receipt_version AS k
    WHERE k.receipt_id = r.receipt_id AND k.night <= $3)
  AND f.dossier_code = l.dossier_code AND f.fee_id = l.fee_id AND f.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = f.dossier_code AND m.fee_id = f.fee_id AND m.night <= $3)
UNION ALL
SELECT f.kind, CASE WHEN g.night <= $3 AND g.until > $3 THEN f.amount_vnd ELSE 0 END
    - CASE WHEN g.night <= $2 AND g.until > $2 THEN f.amount_vnd ELSE 0 END AS more_vnd
FROM c CROSS JOIN match_group AS g CROSS JOIN match_leg AS p CROSS JOIN txn AS t
CROSS JOIN match_leg AS l CROSS JOIN fee_version AS f
WHERE g.group_id = c.group_id AND g.live = 1
  AND ((g.night <= $3 AND g.until > $3) OR (g.night <= $2 AND g.until > $2))
  AND p.group_id = g.group_id AND p.night = g.night AND p.side = 'txn' AND p.role = 'member'
  AND p.seq = (
    SELECT MIN(q.seq) FROM match_leg AS q
    WHERE q.group_id = p.group_id AND q.night = p.night AND q.side = 'txn')
  AND t.source = p.source AND t.id = p.id AND t.paid_on < $1
  AND l.group_id = g.group_id AND l.night = g.night AND l.side = 'fee' AND l.role = 'member'
  AND f.dossier_code = l.dossier_code AND f.fee_id = l.fee_id AND f.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = f.dossier_code AND m.fee_id = f.fee_id AND m.night <= $3)
