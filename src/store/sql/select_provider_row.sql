-- The rows with these keys, as of the night $2: their class, and the day that they counted under.
SELECT
    t.source, t.id, t.order_ref, t.kind, t.status, t.amount_vnd, t.fee_vnd, t.net_vnd,
    s.business_date, t.business_date AS now_on,
    t.bank_ref, s.class, s.bucket, s.dossier_code,
    CAST(CASE WHEN EXISTS (
        SELECT 1 FROM match_leg AS l CROSS JOIN match_group AS g
        WHERE l.side = 'txn' AND l.source = t.source AND l.id = t.id AND l.role = 'member'
          AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
          AND g.night <= $2 AND g.until > $2
    ) THEN 1 ELSE 0 END AS BIGINT) AS in_set,
    CAST(CASE WHEN EXISTS (
        SELECT 1 FROM match_leg AS l CROSS JOIN match_group AS g
        WHERE l.side = 'txn' AND l.source = t.source AND l.id = t.id
          AND l.role IN ('refund', 'reversal')
          AND g.group_id = l.group_id AND g.night = l.night AND g.live = 1
          AND g.night <= $2 AND g.until > $2
    ) THEN 1 ELSE 0 END AS BIGINT) AS went_back
FROM jsonb_each($1) AS k CROSS JOIN txn AS t CROSS JOIN row_state AS s
WHERE t.source = k.value->>'source' AND t.id = k.value->>'id'
  AND s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
  AND s.night <= $2 AND s.until > $2
