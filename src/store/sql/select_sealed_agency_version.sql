-- What the night $1 seals of this table: what files tell that were read since the published night
-- $2 before it.
SELECT
    code, valid_from, night, valid_to, name, level, parent_code, successor_code, kind
FROM agency_version
WHERE night = $1
UNION
SELECT
    code, valid_from, night, valid_to, name, level, parent_code, successor_code, kind
FROM agency_version
WHERE night IN (
    SELECT e.day FROM export_file AS e WHERE e.night > $2 AND e.night <= $1)
