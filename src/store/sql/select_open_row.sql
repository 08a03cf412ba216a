-- Rows that were open before the night $1.
SELECT side, source, id, dossier, dossier_code
FROM row_state
WHERE open = 1 AND until >= $1 AND night < $1
