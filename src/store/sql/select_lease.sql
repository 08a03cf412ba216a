-- Who holds, or last held, the lease.
SELECT holder, pid, host, token, since_wall, heartbeat_wall FROM lease WHERE name = 'night'
