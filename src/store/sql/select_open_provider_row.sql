-- Rows of the source $1 from before the business day $2 that were open on the night $3, each on its
-- day of then: one that waited and was paid since is a row of another day now.
SELECT
    t.id, t.order_ref, t.kind, t.status, t.amount_vnd, t.fee_vnd, t.net_vnd, s.business_date,
    t.business_date AS now_on,
    t.bank_ref, s.class, s.bucket, s.dossier_code, CAST(0 AS BIGINT) AS in_set,
    CAST(0 AS BIGINT) AS went_back
FROM row_state AS s CROSS JOIN txn AS t
WHERE s.side = 'txn' AND s.source = $1 AND s.bucket = 'open' AND s.business_date < $2
  AND s.night <= $3 AND s.until > $3 AND t.source = s.source AND t.id = s.id
