-- The legs of these groups as they held until the night $2.
SELECT
    l.group_id, l.night, l.seq, l.side, l.source, l.id, l.dossier_code, l.fee_id, l.amount_vnd,
    l.role, l.pass, l.why
FROM jsonb_each($1) AS k CROSS JOIN match_group AS g CROSS JOIN match_leg AS l
WHERE g.group_id = k.value->>'group_id' AND g.until = $2
  AND l.group_id = g.group_id AND l.night = g.night
