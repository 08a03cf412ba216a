-- Legs that held after the night $2.
SELECT
    l.group_id, l.side, l.source, l.id, l.dossier_code, l.fee_id, l.amount_vnd, l.role,
    l.pass, l.why
FROM jsonb_each($1) AS k CROSS JOIN match_leg AS l CROSS JOIN match_group AS g
WHERE l.dossier_code = k.value->>'k'
  AND g.group_id = l.group_id AND g.night = l.night AND g.night <= $2 AND g.until > $2
