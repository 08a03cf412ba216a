-- What earlier runs of the night $2 decided as of the night $1.
DELETE FROM row_state WHERE night = $1 AND (night = $2 OR substr(run_id, 1, 10) = $2)
