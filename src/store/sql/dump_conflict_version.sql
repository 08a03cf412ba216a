-- Business state for the canonical dump; sorted in Rust.
SELECT
    side, source, id, dossier, night, says, amount_vnd, business_date
FROM conflict_version
