-- What the night $1 seals of this table: what was told since the published night $2 before it.
SELECT
    source, order_id, night, answered
FROM probe
WHERE night > $2 AND night <= $1
