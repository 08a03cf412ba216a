-- The texts of the next thousand transactions behind the key ($1, $2).
SELECT t.source, t.id, t.memo, t.order_ref
FROM txn AS t
WHERE (t.source, t.id) > ($1, $2)
ORDER BY t.source, t.id
LIMIT 1000
