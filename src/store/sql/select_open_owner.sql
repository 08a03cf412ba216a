-- Whose contributions could still end in several ways before the night $1.
SELECT owner
FROM contribution
WHERE firm = 0 AND until >= $1 AND night < $1
