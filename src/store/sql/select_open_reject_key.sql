-- Bad rows that were still open before the night $1, with the day they count under.
SELECT side, source, id, dossier, business_date
FROM row_state
WHERE open = 1 AND until >= $1 AND night < $1 AND bucket = 'rejected'
