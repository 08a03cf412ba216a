-- Files of the source that the night read.
SELECT source, sha256, name, kind, lines, night
FROM export_file
WHERE source = $1 AND night = $2
ORDER BY name, sha256
