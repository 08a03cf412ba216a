-- Which of these groups stood before the night $2.
SELECT g.group_id
FROM jsonb_each($1) AS k CROSS JOIN match_group AS g
WHERE g.group_id = k.value->>'k' AND g.night < $2 AND g.until >= $2 AND g.live = 1
