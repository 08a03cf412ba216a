-- What the night $1 seals of this table.
SELECT
    source, day, state
FROM feed_day
WHERE day = $1 AND state = 'complete'
