-- The provider's later word: status, and what it fills in with it. Amount and kind never change.
UPDATE txn SET
    order_ref = n.value->>'order_ref',
    memo = n.value->>'memo',
    fee_vnd = CAST(n.value->>'fee_vnd' AS BIGINT),
    net_vnd = CAST(n.value->>'net_vnd' AS BIGINT),
    paid_at = n.value->>'paid_at',
    paid_at_ms = CAST(n.value->>'paid_at_ms' AS BIGINT),
    paid_on = n.value->>'paid_on',
    business_date = n.value->>'business_date',
    status = n.value->>'status',
    payer = n.value->>'payer',
    account = n.value->>'account',
    bank_ref = n.value->>'bank_ref',
    instrument = n.value->>'instrument',
    decided_night = '9999-12-31'
FROM jsonb_each($1) AS n
WHERE txn.source = n.value->>'source' AND txn.id = n.value->>'id'
RETURNING
    source, id, order_ref, memo, amount_vnd, fee_vnd, net_vnd, paid_at, paid_at_ms, paid_on,
    business_date, status, kind, payer, account, bank_ref, instrument, seen_night, decided_night
