-- Business state for the canonical dump; sorted in Rust.
SELECT
    code, valid_from, night, valid_to, name, level, parent_code, successor_code, kind
FROM agency_version
