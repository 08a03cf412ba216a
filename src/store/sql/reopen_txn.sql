-- A row that a new contradiction concerns is looked at again.
UPDATE txn SET decided_night = '9999-12-31'
FROM jsonb_each($1) AS n
WHERE txn.source = n.value->>'source' AND txn.id = n.value->>'id'
RETURNING
    source, id, order_ref, memo, amount_vnd, fee_vnd, net_vnd, paid_at, paid_at_ms, paid_on,
    business_date, status, kind, payer, account, bank_ref, instrument, seen_night, decided_night
