-- Rows of the source $1 from before the business day $2 that were first seen after the night $3 and
-- up to the night $4, with their class as of the night $4.
SELECT
    t.id, t.order_ref, t.kind, t.status, t.amount_vnd, t.fee_vnd, t.net_vnd, t.business_date,
    s.class, s.bucket, s.dossier_code,
    CAST(CASE WHEN EXISTS (
        SELECT 1 FROM match_leg AS l CROSS JOIN match_group AS g
        WHERE l.side = 'txn' AND l.source = t.source AND l.id = t.id AND l.role = 'member'
          AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
          AND g.night <= $4 AND g.until > $4
    ) THEN 1 ELSE 0 END AS BIGINT) AS in_set,
    CAST(CASE WHEN EXISTS (
        SELECT 1 FROM match_leg AS l CROSS JOIN match_group AS g
        WHERE l.side = 'txn' AND l.source = t.source AND l.id = t.id
          AND l.role IN ('refund', 'reversal')
          AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
          AND g.night <= $4 AND g.until > $4
    ) THEN 1 ELSE 0 END AS BIGINT) AS went_back,
    (
        SELECT g.difference_vnd FROM match_leg AS l CROSS JOIN match_group AS g
        WHERE l.side = 'txn' AND l.source = t.source AND l.id = t.id
          AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
          AND g.night <= $4 AND g.until > $4
        ORDER BY g.group_id LIMIT 1
    ) AS difference_vnd
FROM txn AS t CROSS JOIN row_state AS s
WHERE t.source || '' = $1 AND t.business_date || '' < $2
  AND t.seen_night > $3 AND t.seen_night <= $4
  AND s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
  AND s.night <= $4 AND s.until > $4
