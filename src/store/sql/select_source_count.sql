-- The night's canonical rows, and rows of earlier days that no earlier night has decided.
-- An unknown state is kept with the provider's word behind it.
SELECT c.source, c.kind, c.status,
    SUM(CASE WHEN c.business_date = $1 THEN 1 ELSE 0 END) AS counted,
    CAST(SUM(CASE WHEN c.business_date = $1 THEN c.amount_vnd ELSE 0 END) AS BIGINT) AS sum_vnd,
    SUM(CASE WHEN c.business_date < $1 THEN 1 ELSE 0 END) AS arrived,
    CAST(SUM(CASE WHEN c.business_date < $1 THEN c.amount_vnd ELSE 0 END) AS BIGINT)
        AS arrived_vnd
FROM (
    SELECT source, kind, business_date, amount_vnd,
        CASE WHEN status LIKE 'unmapped%' THEN 'unmapped' ELSE status END AS status
    FROM txn
    WHERE business_date = $1
    UNION ALL
    SELECT t.source, t.kind, t.business_date, t.amount_vnd,
        CASE WHEN t.status LIKE 'unmapped%' THEN 'unmapped' ELSE t.status END AS status
    FROM txn AS t
    WHERE t.decided_night >= $1 AND t.business_date || '' < $1 AND NOT EXISTS (
        SELECT 1 FROM row_state AS s
        WHERE s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
          AND s.night < $1)
) AS c
GROUP BY c.source, c.kind, c.status
