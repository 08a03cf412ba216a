-- What these owners' firm contributions added before the night $2 to the days from $3 on.
SELECT c.definition, c.scope, c.day,
    CAST(SUM(c.numerator) AS BIGINT) AS numerator,
    CAST(SUM(c.denominator) AS BIGINT) AS denominator
FROM jsonb_each($1) AS k CROSS JOIN contribution AS c
WHERE c.owner = k.value->>'k' AND c.night < $2 AND c.until >= $2
  AND c.firm = 1 AND c.live = 1 AND c.day >= $3
GROUP BY c.definition, c.scope, c.day
