-- Orders about which the night $2 brought an answer of the source $1.
SELECT order_id
FROM probe
WHERE source = $1 AND night = $2 AND answered = 1
