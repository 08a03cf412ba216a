-- What the night $1 seals of this table.
SELECT
    group_id, night, until, live, run_id, pass, score, margin, evidence, runner_up,
    difference_class, difference_vnd, content
FROM match_group
WHERE night = $1
