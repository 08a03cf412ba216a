-- What began on the night $1, less what ended on it.
INSERT INTO firm_change (definition, scope, day, night, numerator, denominator)
SELECT c.definition, c.scope, c.day, $1,
    CAST(SUM(c.numerator) AS BIGINT), CAST(SUM(c.denominator) AS BIGINT)
FROM (
    SELECT definition, scope, day, numerator, denominator
    FROM contribution
    WHERE night = $1 AND firm = 1 AND live = 1
    UNION ALL
    SELECT definition, scope, day, -numerator, -denominator
    FROM contribution
    WHERE until = $1 AND firm = 1 AND live = 1
) AS c
GROUP BY c.definition, c.scope, c.day
HAVING SUM(c.numerator) <> 0 OR SUM(c.denominator) <> 0
