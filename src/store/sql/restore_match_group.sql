-- What an earlier run of the night $1 ended goes on as if that run had not been.
UPDATE match_group SET until = n.until
FROM match_group AS n
WHERE n.night = $1 AND match_group.group_id = n.group_id
  AND match_group.until = $1
