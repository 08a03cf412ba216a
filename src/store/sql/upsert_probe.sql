-- What asking about an order gave on a night; an answer is not forgotten within the night.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO probe (source, order_id, night, answered)
SELECT n.value->>'source', n.value->>'order_id', n.value->>'night',
    CAST(n.value->>'answered' AS BIGINT)
FROM n
WHERE true
ON CONFLICT (source, order_id, night) DO UPDATE SET answered = excluded.answered
WHERE probe.answered = 0
RETURNING
    source, order_id, night, answered
