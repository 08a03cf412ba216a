-- What the night $1 seals of this table: what was told since the published night $2 before it.
SELECT
    source, sha256, name, kind, lines, day, night
FROM export_file
WHERE night > $2 AND night <= $1
