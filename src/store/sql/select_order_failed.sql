-- Orders of the source $1 that were asked about and failed in a night from $2 to before $3, and in
-- how many of them, with no answer since.
SELECT r.what, COUNT(DISTINCT r.night) AS nights
FROM reading AS r
WHERE r.source = $1 AND r.night >= $2 AND r.night < $3
  AND r.sha256 IS NULL AND r.what LIKE 'unanswered %'
  AND NOT EXISTS (
    SELECT 1 FROM probe AS p
    WHERE p.source = r.source AND p.order_id = SUBSTR(r.what, 12)
      AND p.night >= r.night AND p.night < $3 AND p.answered = 1)
GROUP BY r.what
