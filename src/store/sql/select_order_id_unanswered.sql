-- Orders whose last asking before the night $2 brought no answer.
SELECT p.order_id
FROM probe AS p
WHERE p.source = $1 AND p.answered = 0 AND p.night < $2
  AND NOT EXISTS (
    SELECT 1 FROM probe AS q
    WHERE q.source = p.source AND q.order_id = p.order_id AND q.night > p.night AND q.night < $2)
