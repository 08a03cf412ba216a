-- Rows that count by the night $1 and were not decided before it.
SELECT
    t.source, t.id, t.order_ref, t.memo, t.amount_vnd, t.fee_vnd, t.net_vnd, t.paid_at,
    t.paid_at_ms, t.paid_on, t.business_date, t.status, t.kind, t.payer, t.account, t.bank_ref,
    t.instrument
FROM txn AS t
WHERE t.decided_night >= $1 AND t.business_date || '' <= $1
