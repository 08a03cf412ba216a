-- The answers that came since the published night $2 before the night $1.
SELECT night, source, seq, part, pulled_ms_wall, asked, what, sha256
FROM reading
WHERE night > $2 AND night <= $1
