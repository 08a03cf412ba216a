-- Rows that ever had an exception whose id lies in [$1, $2), decided by the night $3.
SELECT DISTINCT side, source, id, dossier, exception_id
FROM row_state
WHERE exception_id IS NOT NULL AND exception_id >= $1 AND exception_id < $2 AND night <= $3
