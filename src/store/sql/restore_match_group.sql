-- What an earlier run of the night $2 ended on the night $1 goes on as if that run had not been.
UPDATE match_group SET until = n.until
FROM match_group AS n
WHERE n.night = $1 AND (n.night = $2 OR substr(n.run_id, 1, 10) = $2)
  AND match_group.group_id = n.group_id
  AND match_group.until = $1
