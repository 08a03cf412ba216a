-- The next holder overwrites the last.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO lease (name, holder, pid, host, token, since_wall, heartbeat_wall)
SELECT 'night', n.value->>'holder', CAST(n.value->>'pid' AS BIGINT), n.value->>'host',
    n.value->>'token', n.value->>'now', n.value->>'now'
FROM n
WHERE true
ON CONFLICT (name) DO UPDATE SET
    holder = excluded.holder,
    pid = excluded.pid,
    host = excluded.host,
    token = excluded.token,
    since_wall = excluded.since_wall,
    heartbeat_wall = excluded.heartbeat_wall
