-- What the night $1 seals of this table.
SELECT
    code, valid_from, night, valid_to, name, level, parent_code, successor_code, kind
FROM agency_version
WHERE night = $1
