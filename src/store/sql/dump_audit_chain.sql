-- The whole chain.
SELECT seq, run_id, says_wall, seal_wall FROM audit
