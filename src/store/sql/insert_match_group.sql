-- Decisions of the night $2 by the run $3; what holds already is not repeated.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO match_group (
    group_id, live, pass, score, margin, evidence, runner_up, difference_class, difference_vnd,
    content, night, run_id, until
)
SELECT
    n.value->>'group_id', CAST(n.value->>'live' AS BIGINT), n.value->>'pass',
    CAST(n.value->>'score' AS BIGINT), CAST(n.value->>'margin' AS BIGINT), n.value->>'evidence',
    n.value->>'runner_up', n.value->>'difference_class',
    CAST(n.value->>'difference_vnd' AS BIGINT), n.value->>'content',
    $2, $3,
    COALESCE(
        (SELECT MIN(x.night) FROM match_group AS x
         WHERE x.group_id = n.value->>'group_id'
           AND x.night > $2),
        '9999-12-31')
FROM n
WHERE NOT EXISTS (
    SELECT 1 FROM match_group AS p
    WHERE p.group_id = n.value->>'group_id'
      AND p.night < $2 AND p.until > $2 AND p.content = n.value->>'content')
