-- Idempotent: a row that is already there stays as it was first stored.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO txn (
    source, id, order_ref, memo, amount_vnd, fee_vnd, net_vnd, paid_at, paid_at_ms, paid_on,
    business_date, status, kind, payer, account, bank_ref, instrument, seen_night, decided_night
)
SELECT
    n.value->>'source', n.value->>'id', n.value->>'order_ref', n.value->>'memo',
    CAST(n.value->>'amount_vnd' AS BIGINT), CAST(n.value->>'fee_vnd' AS BIGINT),
    CAST(n.value->>'net_vnd' AS BIGINT), n.value->>'paid_at',
    CAST(n.value->>'paid_at_ms' AS BIGINT), n.value->>'paid_on', n.value->>'business_date',
    n.value->>'status', n.value->>'kind', n.value->>'payer', n.value->>'account',
    n.value->>'bank_ref', n.value->>'instrument',
    $2, '9999-12-31'
FROM n
WHERE true
ON CONFLICT (source, id) DO NOTHING
RETURNING
    source, id, order_ref, memo, amount_vnd, fee_vnd, net_vnd, paid_at, paid_at_ms, paid_on,
    business_date, status, kind, payer, account, bank_ref, instrument, seen_night, decided_night
