-- Gives the lock back at once; the server may take a moment to notice that a session has ended.
SELECT CAST(CASE WHEN pg_advisory_unlock($1) THEN 1 ELSE 0 END AS BIGINT) AS given
