-- What the gateway $1 took in on its days of payment $2 to $3, less what went back: before its fees
-- and after them, in dong. Of the accounting days $4 to $5.
SELECT t.paid_on AS day,
    CAST(SUM(CASE WHEN t.kind = 'payment' THEN t.amount_vnd ELSE -t.amount_vnd END) AS BIGINT)
        AS gross_vnd,
    CAST(SUM(CASE WHEN t.kind = 'payment' THEN t.net_vnd ELSE -t.net_vnd END) AS BIGINT)
        AS net_vnd
FROM txn AS t
WHERE t.business_date >= $4 AND t.business_date <= $5 AND t.source || '' = $1
  AND t.paid_on >= $2 AND t.paid_on <= $3
  AND t.order_ref IS NOT NULL AND t.status = 'success'
GROUP BY t.paid_on
