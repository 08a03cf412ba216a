-- What the night $1 seals of this table: the entries that it applied first.
SELECT
    seq, side, source, id, dossier, dossier_code, night, action, amount_vnd, class, decided_by,
    reason, decided_night
FROM decision
WHERE decided_night = $1
