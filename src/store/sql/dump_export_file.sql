-- Business state for the canonical dump; sorted in Rust.
SELECT
    source, sha256, name, kind, lines, day, night
FROM export_file
