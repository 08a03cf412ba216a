-- These groups as they held after the night $2.
SELECT
    g.group_id, g.night, g.run_id, g.pass, g.score, g.margin, g.evidence, g.runner_up,
    g.difference_class, g.difference_vnd
FROM jsonb_each($1) AS k CROSS JOIN match_group AS g
WHERE g.group_id = k.value->>'k' AND g.night <= $2 AND g.until > $2 AND g.live = 1
