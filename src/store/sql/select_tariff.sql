-- Every amount that a fee line has had, for those who check the rules.
SELECT DISTINCT amount_vnd
FROM fee_version
WHERE amount_vnd > 0
