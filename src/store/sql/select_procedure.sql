-- Every procedure of which a fee line was told, for those who check the fee table.
SELECT DISTINCT procedure_code
FROM fee_version
WHERE procedure_code <> ''
