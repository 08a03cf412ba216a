-- The night's canonical rows, and rows of earlier days that no earlier night has decided.
SELECT t.source, t.kind, t.status,
    SUM(CASE WHEN t.business_date = $1 THEN 1 ELSE 0 END) AS counted,
    CAST(SUM(CASE WHEN t.business_date = $1 THEN t.amount_vnd ELSE 0 END) AS BIGINT) AS sum_vnd,
    SUM(CASE WHEN t.business_date < $1 THEN 1 ELSE 0 END) AS arrived,
    CAST(SUM(CASE WHEN t.business_date < $1 THEN t.amount_vnd ELSE 0 END) AS BIGINT)
        AS arrived_vnd
FROM txn AS t
WHERE t.business_date = $1
   OR (t.decided_night >= $1 AND t.business_date < $1 AND NOT EXISTS (
        SELECT 1 FROM row_state AS s
        WHERE s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
          AND s.night < $1))
GROUP BY t.source, t.kind, t.status
