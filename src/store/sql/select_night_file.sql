-- Files of the source that tell of the night or that it read.
SELECT source, sha256, name, kind, lines, day, night
FROM export_file
WHERE day = $2 AND source = $1
UNION
SELECT source, sha256, name, kind, lines, day, night
FROM export_file
WHERE night = $2 AND source || '' = $1
ORDER BY name, sha256
