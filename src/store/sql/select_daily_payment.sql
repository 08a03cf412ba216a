-- Successful payments of the source $1 by accounting day, from $2 to $3, and what went back.
SELECT t.business_date AS day,
    SUM(CASE WHEN t.kind = 'payment' THEN 1 ELSE 0 END) AS counted,
    CAST(SUM(CASE WHEN t.kind = 'payment' THEN t.amount_vnd ELSE 0 END) AS BIGINT) AS sum_vnd,
    SUM(CASE WHEN t.kind IN ('refund', 'reversal') THEN 1 ELSE 0 END) AS back,
    CAST(SUM(CASE WHEN t.kind IN ('refund', 'reversal') THEN t.amount_vnd ELSE 0 END) AS BIGINT)
        AS back_vnd
FROM txn AS t
WHERE t.business_date >= $2 AND t.business_date <= $3 AND t.source || '' = $1
  AND t.status = 'success'
GROUP BY t.business_date
