-- How far the answers of the source $2 to the night $1 go.
SELECT COALESCE(MAX(seq), 0) AS seq, COALESCE(MAX(part), 0) AS part
FROM reading
WHERE night = $1 AND source = $2
