-- The decisions of an earlier run of the night $1.
DELETE FROM match_group WHERE night = $1
