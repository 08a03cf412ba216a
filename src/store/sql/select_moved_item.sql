-- Entries of items of the days $1 to $2 in the total that began or ended after the night $3.
SELECT c.definition, c.item, c.night, c.until, c.live, c.day, c.numerator, c.denominator,
    c.outcomes
FROM contribution AS c
WHERE c.scope = '' AND c.day >= $1 AND c.day <= $2
  AND (c.night > $3 OR (c.until > $3 AND c.until < '9999-12-31'))
