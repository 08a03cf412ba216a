-- The next entry of the chain; a place that is taken is an error.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO audit (seq, run_id, says_wall, seal_wall)
SELECT
    CAST(n.value->>'seq' AS BIGINT), n.value->>'run_id', n.value->>'says_wall',
    n.value->>'seal_wall'
FROM n
WHERE true
