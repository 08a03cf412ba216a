-- What the sources answered to the night $1.
SELECT night, source, seq, part, pulled_ms_wall, asked, what, sha256
FROM reading
WHERE night = $1
