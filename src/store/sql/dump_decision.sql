-- Business state for the canonical dump; sorted in Rust.
SELECT
    seq, side, source, id, dossier, dossier_code, night, action, amount_vnd, class, decided_by,
    reason, decided_night
FROM decision
