-- Transactions of the days $1 to $2 that count from a night after $3 on: one that was read early
-- counts from its own accounting day.
SELECT t.source, t.id, t.kind, t.status, t.amount_vnd, t.paid_on, t.bank_ref,
    CASE WHEN t.seen_night > t.business_date THEN t.seen_night ELSE t.business_date END AS told
FROM txn AS t
WHERE (t.seen_night > $3 OR t.business_date > $3)
  AND t.paid_on >= $1 AND t.paid_on <= $2
