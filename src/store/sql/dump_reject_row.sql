-- Business state for the canonical dump; sorted in Rust.
SELECT
    side, source, id, file, line, column_name, value, code, amount_vnd, business_date, night,
    decided_night
FROM reject_row
