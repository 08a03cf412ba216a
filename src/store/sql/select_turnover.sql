-- Money in and out of the source $1 that succeeded, by day of payment and account, of the
-- accounting days $2 to $3.
SELECT t.paid_on AS day, t.account,
    CAST(SUM(CASE WHEN t.kind = 'payment' THEN t.amount_vnd ELSE 0 END) AS BIGINT) AS credits,
    CAST(SUM(CASE WHEN t.kind = 'payment' THEN 0 ELSE t.amount_vnd END) AS BIGINT) AS debits
FROM txn AS t
WHERE t.business_date >= $2 AND t.business_date <= $3 AND t.source || '' = $1
  AND t.status = 'success'
GROUP BY t.paid_on, t.account
