-- Dossiers with these squeezed codes, with the payers of the transactions linked to them before
-- the night $2.
SELECT DISTINCT d.dossier_code, t.payer
FROM jsonb_each($1) AS k
    CROSS JOIN dossier AS d
    CROSS JOIN match_leg AS l
    CROSS JOIN match_group AS g
    CROSS JOIN txn AS t
WHERE d.squeezed = k.value->>'k' AND d.night <= $2
  AND l.dossier_code = d.dossier_code AND l.side = 'txn'
  AND g.group_id = l.group_id AND g.night = l.night AND g.night < $2 AND g.until >= $2
  AND t.source = l.source AND t.id = l.id
