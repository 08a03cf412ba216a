-- Decisions of people that count from a night after $1 on.
SELECT d.side, d.source, d.id, d.dossier_code, d.action, d.amount_vnd, d.night
FROM decision AS d
WHERE d.decided_night > $1 AND d.night > $1
