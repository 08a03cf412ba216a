-- What the chain tells of the run $1.
SELECT seq, run_id, says_wall, seal_wall FROM audit WHERE run_id = $1
