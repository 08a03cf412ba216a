-- The last entry of the chain.
SELECT seq, says_wall, seal_wall FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)
