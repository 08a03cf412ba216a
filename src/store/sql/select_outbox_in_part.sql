-- What went out since $1, but not to everybody.
SELECT key, run_id, channel, target, queued_wall, attempts, error, tried_wall
FROM outbox
WHERE state = 'sent' AND error <> '' AND queued_wall >= $1
