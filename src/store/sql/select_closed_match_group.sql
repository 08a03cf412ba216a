-- The entries of these things that the night $2 ended.
SELECT
    e.group_id, e.night, e.until, e.live, e.run_id, e.pass, e.score, e.margin, e.evidence,
    e.runner_up, e.difference_class, e.difference_vnd, e.content
FROM jsonb_each($1) AS k CROSS JOIN match_group AS e
WHERE e.group_id = k.value->>'group_id' AND e.until = $2
