-- What the night $1 seals of this table.
SELECT
    dossier_code, squeezed, night
FROM dossier
WHERE night = $1
