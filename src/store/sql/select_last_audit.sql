-- The last entry of the chain.
SELECT seq, seal_wall FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)
