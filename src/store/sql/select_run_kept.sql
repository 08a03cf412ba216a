-- The documents of the run $1.
SELECT what, sha256 FROM run_kept WHERE run_id = $1
