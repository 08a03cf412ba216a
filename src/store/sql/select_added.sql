-- What items of the definition $1 add to the total over the days $2 to $3, by their first outcome,
-- as of the night $4; none of them was decided before the night $5.
SELECT c.item, c.numerator, c.denominator
FROM contribution AS c
WHERE c.night >= $5 AND c.night <= $4 AND c.until > $4 AND c.live = 1
  AND c.definition || '' = $1 AND c.scope || '' = '' AND c.day >= $2 AND c.day <= $3
