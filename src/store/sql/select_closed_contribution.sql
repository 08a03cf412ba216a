-- The entries of these things that the night $2 ended.
SELECT
    e.definition, e.item, e.scope, e.night, e.until, e.live, e.run_id, e.owner, e.day,
    e.numerator, e.denominator, e.firm, e.outcomes, e.coupled, e.exceptions, e.content
FROM jsonb_each($1) AS k CROSS JOIN contribution AS e
WHERE e.definition = k.value->>'definition' AND e.item = k.value->>'item'
  AND e.scope = k.value->>'scope' AND e.until = $2
