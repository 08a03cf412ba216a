-- The legs of an earlier run of the night $1.
DELETE FROM match_leg
WHERE night = $1
  AND group_id IN (SELECT g.group_id FROM match_group AS g WHERE g.night = $1)
