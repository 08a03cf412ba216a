-- What the night $1 seals of this table: what was told since the published night $2 before it.
SELECT source, sha256, name, seq, says, night
FROM statement_check
WHERE night > $2 AND night <= $1
