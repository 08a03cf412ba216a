-- Every version told of these contradicting rows.
SELECT c.side, c.source, c.id, c.dossier, c.night, c.says, c.amount_vnd, c.business_date
FROM jsonb_each($1) AS k CROSS JOIN conflict_version AS c
WHERE c.side = k.value->>'side' AND c.source = k.value->>'source' AND c.id = k.value->>'id'
  AND c.dossier = k.value->>'dossier'
