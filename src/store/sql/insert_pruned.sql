-- Removed twice is removed once.
INSERT INTO pruned (sha256, before)
SELECT n.value->>'sha256', n.value->>'before'
FROM jsonb_each($1) AS n
WHERE true
ON CONFLICT (sha256) DO NOTHING
