-- What the night $1 seals of this table.
SELECT
    source, sha256, name, kind, lines, day, night
FROM export_file
WHERE night = $1
