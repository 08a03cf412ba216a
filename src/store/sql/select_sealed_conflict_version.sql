-- What the night $1 seals of this table.
SELECT
    side, source, id, dossier, night, says, amount_vnd, business_date
FROM conflict_version
WHERE business_date = $1
