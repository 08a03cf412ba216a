-- Squeezed codes with these beginnings of dossiers known by the night $2.
SELECT d.squeezed
FROM jsonb_each($1) AS k CROSS JOIN dossier AS d
WHERE d.squeezed >= k.value->>'k' AND d.squeezed <= (k.value->>'k') || 'ZZZZ' AND d.night <= $2
