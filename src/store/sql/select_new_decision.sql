-- Rows with an entry that counts by the night $1 and was not decided before it.
SELECT seq, side, source, id, dossier, dossier_code, action
FROM decision
WHERE decided_night >= $1 AND night <= $1
