-- Rows that were open before the night $1, or whose state was written by an earlier night than its
-- own.
SELECT side, source, id, dossier, dossier_code
FROM row_state
WHERE open = 1 AND until >= $1 AND night < $1
UNION
SELECT side, source, id, dossier, dossier_code
FROM row_state
WHERE substr(run_id, 1, 10) <> night AND until >= $1 AND night < $1
