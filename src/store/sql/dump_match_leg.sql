-- Business state for the canonical dump; sorted in Rust.
SELECT
    group_id, night, seq, side, source, id, dossier_code, fee_id, amount_vnd, role, pass, why
FROM match_leg
