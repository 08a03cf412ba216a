-- What the night $1 seals of this table.
SELECT
    source, id, order_ref, memo, amount_vnd, fee_vnd, net_vnd, paid_at, paid_at_ms, paid_on,
    business_date, status, kind, payer, account, bank_ref, instrument, seen_night, decided_night
FROM txn
WHERE decided_night = $1
