-- A day once complete stays complete.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO feed_day (source, day, state)
SELECT n.value->>'source', n.value->>'day', n.value->>'state'
FROM n
WHERE true
ON CONFLICT (source, day) DO UPDATE SET state = excluded.state
WHERE feed_day.state <> 'complete'
