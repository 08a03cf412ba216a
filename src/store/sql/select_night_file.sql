-- Files of the source that tell of the night or that it read.
SELECT source, sha256, name, kind, lines, day, night
FROM export_file
WHERE source = $1 AND (day = $2 OR night = $2)
ORDER BY name, sha256
