-- What the night $1 changed comes into the sums of half months.
INSERT INTO firm_half (definition, scope, half, numerator, denominator)
SELECT definition, scope,
    substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END,
    CAST(SUM(numerator) AS BIGINT), CAST(SUM(denominator) AS BIGINT)
FROM firm_change
WHERE night = $1
GROUP BY definition, scope,
    substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END
ON CONFLICT (half, definition, scope) DO UPDATE SET
    numerator = firm_half.numerator + excluded.numerator,
    denominator = firm_half.denominator + excluded.denominator
