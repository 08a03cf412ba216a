-- Count and sum of these groups' legs after the night $2, for the proof.
SELECT COUNT(*) AS counted, CAST(COALESCE(SUM(l.amount_vnd), 0) AS BIGINT) AS sum_vnd
FROM jsonb_each($1) AS k CROSS JOIN match_group AS g CROSS JOIN match_leg AS l
WHERE g.group_id = k.value->>'k' AND g.night <= $2 AND g.until > $2 AND g.live = 1
  AND l.group_id = g.group_id AND l.night = g.night
