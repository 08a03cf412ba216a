-- The decisions of an earlier run of the night $1.
DELETE FROM contribution WHERE night = $1
