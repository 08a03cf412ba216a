-- The shares of a run.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO kpi (
    run_id, definition, scope, period, period_from, period_to, numerator, denominator, low_num,
    low_den, high_num, high_den, outer_bound, enough_data, target_num, target_den, verdict,
    deciding
)
SELECT
    n.value->>'run_id', n.value->>'definition', n.value->>'scope', n.value->>'period',
    n.value->>'period_from', n.value->>'period_to', CAST(n.value->>'numerator' AS BIGINT),
    CAST(n.value->>'denominator' AS BIGINT), CAST(n.value->>'low_num' AS BIGINT),
    CAST(n.value->>'low_den' AS BIGINT), CAST(n.value->>'high_num' AS BIGINT),
    CAST(n.value->>'high_den' AS BIGINT), CAST(n.value->>'outer_bound' AS BIGINT),
    CAST(n.value->>'enough_data' AS BIGINT), CAST(n.value->>'target_num' AS BIGINT),
    CAST(n.value->>'target_den' AS BIGINT), n.value->>'verdict', n.value->>'deciding'
FROM n
