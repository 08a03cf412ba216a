-- Half months that the night $1 changed and in which nothing is left.
DELETE FROM firm_half
WHERE numerator = 0 AND denominator = 0 AND half IN (
    SELECT substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END
    FROM firm_change
    WHERE night = $1)
