-- How many bad rows of the source $1 count from the night $2 on.
SELECT COUNT(*) AS n
FROM reject_row
WHERE source = $1 AND night = $2
