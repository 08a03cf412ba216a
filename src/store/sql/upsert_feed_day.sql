-- A day once complete stays complete; the pull of the night $2 told it.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO feed_day (source, day, state, night)
SELECT n.value->>'source', n.value->>'day', n.value->>'state', $2
FROM n
WHERE true
ON CONFLICT (source, day) DO UPDATE SET state = excluded.state, night = excluded.night
WHERE feed_day.state <> 'complete'
RETURNING
    source, day, state, night
