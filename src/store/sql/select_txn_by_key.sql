-- Rows by (source, id) that count by the night $2.
SELECT
    t.source, t.id, t.order_ref, t.memo, t.amount_vnd, t.fee_vnd, t.net_vnd, t.paid_at,
    t.paid_at_ms, t.paid_on, t.business_date, t.status, t.kind, t.payer, t.account, t.bank_ref,
    t.instrument
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.source = k.value->>'source' AND t.id = k.value->>'id' AND t.business_date <= $2
