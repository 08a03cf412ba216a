-- Decisions of the night $2 by the run $3; what holds already is not repeated, unless an earlier
-- night wrote it as of another one.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO contribution (
    definition, item, scope, live, owner, day, numerator, denominator, firm, outcomes, coupled,
    exceptions, content, night, run_id, until
)
SELECT
    n.value->>'definition', n.value->>'item', n.value->>'scope',
    CAST(n.value->>'live' AS BIGINT), n.value->>'owner', n.value->>'day',
    CAST(n.value->>'numerator' AS BIGINT), CAST(n.value->>'denominator' AS BIGINT),
    CAST(n.value->>'firm' AS BIGINT), n.value->>'outcomes', CAST(n.value->>'coupled' AS BIGINT),
    n.value->>'exceptions', n.value->>'content',
    $2, $3,
    COALESCE(
        (SELECT MIN(x.night) FROM contribution AS x
         WHERE x.definition = n.value->>'definition'
      AND x.item = n.value->>'item'
      AND x.scope = n.value->>'scope'
           AND x.night > $2),
        '9999-12-31')
FROM n
WHERE NOT EXISTS (
    SELECT 1 FROM contribution AS p
    WHERE p.definition = n.value->>'definition'
      AND p.item = n.value->>'item'
      AND p.scope = n.value->>'scope'
      AND p.night < $2 AND p.until > $2 AND p.content = n.value->>'content'
      AND substr(p.run_id, 1, 10) = p.night)
