-- Where these rows stood, by each who told them.
SELECT o.side, o.source, o.id, o.dossier, o.told_by, o.sha256, o.name, o.line
FROM jsonb_each($1) AS k CROSS JOIN origin AS o
WHERE o.side = k.value->>'side' AND o.source = k.value->>'source' AND o.id = k.value->>'id'
    AND o.dossier = k.value->>'dossier'
