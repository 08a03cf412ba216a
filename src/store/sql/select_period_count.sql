-- Money rows of the days $1 to $2 that a night up to $3 has decided, by source and kind.
SELECT t.source, t.kind, COUNT(*) AS counted, CAST(SUM(t.amount_vnd) AS BIGINT) AS sum_vnd
FROM txn AS t
WHERE t.business_date >= $1 AND t.business_date <= $2 AND EXISTS (
    SELECT 1 FROM row_state AS s
    WHERE s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
      AND s.night <= $3)
GROUP BY t.source, t.kind
