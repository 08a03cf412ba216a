-- Whose contributions could still end in several ways before the night $1, or were written by an
-- earlier night than their own.
SELECT owner
FROM contribution
WHERE firm = 0 AND until >= $1 AND night < $1
UNION
SELECT owner
FROM contribution
WHERE substr(run_id, 1, 10) <> night AND until >= $1 AND night < $1
