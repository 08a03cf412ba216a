-- Every agency period as of the night $1: what was told last until then, else what was told first
-- of a period that had begun.
SELECT a.code, a.valid_from, a.valid_to, a.name, a.level, a.parent_code, a.successor_code, a.kind
FROM agency_version AS a
WHERE a.night = COALESCE(
    (SELECT MAX(m.night) FROM agency_version AS m
     WHERE m.code = a.code AND m.valid_from = a.valid_from AND m.night <= $1),
    (SELECT MIN(m.night) FROM agency_version AS m
     WHERE m.code = a.code AND m.valid_from = a.valid_from AND m.valid_from <= $1))
