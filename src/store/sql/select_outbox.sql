-- What was announced and has the state $1.
SELECT key, run_id, channel, target, queued_wall, attempts, error, tried_wall
FROM outbox
WHERE state = $1
