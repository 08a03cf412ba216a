-- The session that holds the lock $1, and what it calls itself.
SELECT CAST(l.pid AS BIGINT) AS session, COALESCE(a.application_name, '') AS name
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = CAST(CAST($1 AS BIGINT) >> 32 AS oid)
  AND l.objid = CAST(CAST($1 AS BIGINT) & 4294967295 AS oid)
