-- Changes one row while the token still holds the lease.
UPDATE lease SET heartbeat_wall = $2 WHERE name = 'night' AND token = $1
