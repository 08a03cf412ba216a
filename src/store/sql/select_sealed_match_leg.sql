-- What the night $1 seals of this table.
SELECT
    l.group_id, l.night, l.seq, l.side, l.source,
    l.id, l.dossier_code, l.fee_id, l.amount_vnd, l.role,
    l.pass, l.why
FROM match_group AS g CROSS JOIN match_leg AS l
WHERE g.night = $1 AND l.group_id = g.group_id AND l.night = g.night
