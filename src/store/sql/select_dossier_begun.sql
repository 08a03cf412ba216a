-- Which of these beginnings of squeezed codes some dossier has.
SELECT k.value->>'k' AS head
FROM jsonb_each($1) AS k
WHERE EXISTS (
    SELECT 1 FROM dossier AS d
    WHERE d.squeezed >= k.value->>'k' AND d.squeezed <= (k.value->>'k') || 'ZZZZ')
