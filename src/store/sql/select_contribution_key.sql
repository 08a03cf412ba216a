-- What these owners' rows contributed before the night $2.
SELECT c.definition, c.item, c.scope, c.owner, c.day
FROM jsonb_each($1) AS k CROSS JOIN contribution AS c
WHERE c.owner = k.value->>'k' AND c.night < $2 AND c.until >= $2 AND c.live = 1
