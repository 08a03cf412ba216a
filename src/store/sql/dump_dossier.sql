-- Business state for the canonical dump; sorted in Rust.
SELECT
    dossier_code, squeezed, night
FROM dossier
