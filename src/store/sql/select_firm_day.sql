-- Firm sums before the night $2 by day, of a few days ($1: from, to).
SELECT f.definition, f.scope, f.day,
    CAST(SUM(f.numerator) AS BIGINT) AS numerator,
    CAST(SUM(f.denominator) AS BIGINT) AS denominator
FROM jsonb_each($1) AS s CROSS JOIN firm_change AS f
WHERE f.day >= s.value->>'from' AND f.day <= s.value->>'to' AND f.night < $2
GROUP BY f.definition, f.scope, f.day
