-- What the night $1 seals of this table: the dossiers of fees that it decided, and what files tell
-- that were read since the published night $2 before it.
SELECT
    dossier_code, squeezed, night
FROM dossier
WHERE night = $1
UNION
SELECT
    dossier_code, squeezed, night
FROM dossier
WHERE night IN (
    SELECT e.day FROM export_file AS e WHERE e.night > $2 AND e.night <= $1)
UNION
SELECT
    d.dossier_code, d.squeezed, d.night
FROM fee_version AS v CROSS JOIN dossier AS d
WHERE v.decided_night = $1 AND d.dossier_code = v.dossier_code
