-- Business state for the canonical dump; sorted in Rust.
SELECT
    group_id, night, until, live, run_id, pass, score, margin, evidence, runner_up,
    difference_class, difference_vnd, content
FROM match_group
