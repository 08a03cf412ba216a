-- What the night $1 seals of this table.
SELECT
    side, source, id, file, line, column_name, value, code, amount_vnd, business_date, night,
    decided_night
FROM reject_row
WHERE decided_night = $1
