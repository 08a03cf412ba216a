-- Dossiers with these squeezed codes known by the night $2.
SELECT d.dossier_code
FROM jsonb_each($1) AS k CROSS JOIN dossier AS d
WHERE d.squeezed = k.value->>'k' AND d.night <= $2
