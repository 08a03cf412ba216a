-- A dossier is known from the earliest night that told it.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO dossier (dossier_code, squeezed, night)
SELECT n.value->>'dossier_code', n.value->>'squeezed', n.value->>'night'
FROM n
WHERE true
ON CONFLICT (dossier_code) DO UPDATE SET night = excluded.night
WHERE excluded.night < dossier.night
RETURNING
    dossier_code, squeezed, night
