-- Every leg of the groups that used these money rows before the night $2.
SELECT DISTINCT o.group_id, o.side, o.source, o.id, o.dossier_code
FROM jsonb_each($1) AS k
    CROSS JOIN match_leg AS l
    CROSS JOIN match_group AS g
    CROSS JOIN match_leg AS o
WHERE l.side = k.value->>'side' AND l.source = k.value->>'source' AND l.id = k.value->>'id'
  AND g.group_id = l.group_id AND g.night = l.night AND g.night < $2 AND g.until >= $2
  AND o.group_id = g.group_id AND o.night = g.night
