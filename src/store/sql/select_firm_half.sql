-- The firm sums of all nights in whole halves of months, by spans ($1: first day k, first and last
-- half).
SELECT h.definition, h.scope, s.value->>'k' AS day,
    CAST(SUM(h.numerator) AS BIGINT) AS numerator,
    CAST(SUM(h.denominator) AS BIGINT) AS denominator
FROM jsonb_each($1) AS s CROSS JOIN firm_half AS h
WHERE h.half >= s.value->>'from' AND h.half <= s.value->>'to'
GROUP BY h.definition, h.scope, s.value->>'k'
