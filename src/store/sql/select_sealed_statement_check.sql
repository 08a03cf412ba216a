-- What the night $1 seals of this table.
SELECT source, sha256, name, seq, says, night FROM statement_check WHERE night = $1
