-- The rows of the source $2 that the pull of the night $1 brought first.
SELECT source, id FROM txn WHERE seen_night = $1 AND source = $2
