-- Orders of the provider $1 that the registry called refunded since the day $2.
SELECT DISTINCT v.order_id || '' AS order_id
FROM order_version AS v
WHERE v.provider || '' = $1 AND v.status = 'refunded' AND v.night || '' <= $3
  AND v.decided_night >= $2
