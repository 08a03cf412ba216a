-- The nights after $1 as of which runs of the night $1 wrote entries.
SELECT night FROM row_state WHERE night > $1 AND substr(run_id, 1, 10) = $1
UNION
SELECT night FROM match_group WHERE night > $1 AND substr(run_id, 1, 10) = $1
UNION
SELECT night FROM contribution WHERE night > $1 AND substr(run_id, 1, 10) = $1
