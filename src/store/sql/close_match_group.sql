-- What held before gives way to the decisions of the night $1.
UPDATE match_group SET until = $1
FROM match_group AS n
WHERE n.night = $1 AND match_group.group_id = n.group_id
  AND match_group.night < $1 AND match_group.until > $1
