-- The legs of what earlier runs of the night $2 decided as of the night $1.
DELETE FROM match_leg
WHERE night = $1
  AND group_id IN (
    SELECT g.group_id FROM match_group AS g
    WHERE g.night = $1 AND (g.night = $2 OR substr(g.run_id, 1, 10) = $2))
