-- What the night $1 seals of this table.
SELECT
    source, order_id, night, answered
FROM probe
WHERE night = $1 AND answered = 1
