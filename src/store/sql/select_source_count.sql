-- The night's canonical rows, and rows of earlier days that its pull first brought.
SELECT source, kind, status,
    SUM(CASE WHEN business_date = $1 THEN 1 ELSE 0 END) AS counted,
    CAST(SUM(CASE WHEN business_date = $1 THEN amount_vnd ELSE 0 END) AS BIGINT) AS sum_vnd,
    SUM(CASE WHEN business_date < $1 THEN 1 ELSE 0 END) AS arrived,
    CAST(SUM(CASE WHEN business_date < $1 THEN amount_vnd ELSE 0 END) AS BIGINT) AS arrived_vnd
FROM txn
WHERE business_date = $1 OR (seen_night = $1 AND business_date < $1)
GROUP BY source, kind, status
