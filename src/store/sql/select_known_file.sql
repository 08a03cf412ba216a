-- Files of the source read so far.
SELECT source, sha256, name, kind, lines, day, night
FROM export_file
WHERE source = $1
ORDER BY name, sha256
