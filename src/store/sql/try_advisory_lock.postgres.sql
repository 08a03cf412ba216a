-- 1 when this session now holds the lock; it holds it until it ends.
SELECT CAST(CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END AS BIGINT) AS taken
