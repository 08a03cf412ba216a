-- The next entry of the book of closings; a place that is taken is an error.
INSERT INTO closing (seq, period, action, run_id, says_wall, seal_wall)
SELECT
    CAST(n.value->>'seq' AS BIGINT), n.value->>'period', n.value->>'action', n.value->>'run_id',
    n.value->>'says_wall', n.value->>'seal_wall'
FROM jsonb_each($1) AS n
WHERE true
