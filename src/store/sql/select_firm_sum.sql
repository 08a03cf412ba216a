-- Firm sums before the night $1 of the days from $2 on.
SELECT definition, scope, day,
    CAST(SUM(numerator) AS BIGINT) AS numerator, CAST(SUM(denominator) AS BIGINT) AS denominator
FROM firm_change
WHERE day >= $2 AND night < $1
GROUP BY definition, scope, day
