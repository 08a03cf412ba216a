-- How the attempt of $1 went: state $2, error $3, at $4. What is sent stays sent.
UPDATE outbox
SET state = $2, error = $3, tried_wall = $4, attempts = attempts + 1
WHERE key = $1 AND state = 'waiting'
