-- The whole book, for those who check it.
SELECT
    d.seq, d.side, d.source, d.id, d.dossier, d.dossier_code, d.night, d.action, d.amount_vnd,
    d.class, d.decided_by, d.reason, d.at_wall, d.seal_wall
FROM decision AS d
