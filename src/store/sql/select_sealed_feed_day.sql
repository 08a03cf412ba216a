-- What the night $1 seals of this table: what was told since the published night $2 before it.
SELECT
    source, day, state, night
FROM feed_day
WHERE night > $2 AND night <= $1
