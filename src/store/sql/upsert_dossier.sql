-- A dossier is known from the earliest night that told it.
INSERT INTO dossier (dossier_code, squeezed, night)
SELECT n.value->>'dossier_code', n.value->>'squeezed', n.value->>'night'
FROM json_each($1) AS n
WHERE true
ON CONFLICT (dossier_code) DO UPDATE SET night = excluded.night
WHERE excluded.night < dossier.night
