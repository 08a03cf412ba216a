-- Orders of the provider $1 that the registry told or changed since the day $2 and that nobody
-- asked the source $4 about before the night $3.
SELECT DISTINCT v.order_id || '' AS order_id
FROM order_version AS v
WHERE v.provider || '' = $1 AND v.night || '' <= $3 AND v.decided_night >= $2
  AND NOT EXISTS (
    SELECT 1 FROM probe AS p
    WHERE p.source = $4 AND p.order_id = v.order_id AND p.night < $3)
