-- What is to be sent of a publication; the same key twice is once.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO outbox (
    key, run_id, channel, target, queued_wall, state, attempts, error, tried_wall
)
SELECT
    n.value->>'key', n.value->>'run_id', n.value->>'channel', n.value->>'target', $2,
    'waiting', 0, '', ''
FROM n
WHERE true
ON CONFLICT (key) DO NOTHING
