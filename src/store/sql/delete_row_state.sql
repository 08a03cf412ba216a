-- The decisions of an earlier run of the night $1.
DELETE FROM row_state WHERE night = $1
