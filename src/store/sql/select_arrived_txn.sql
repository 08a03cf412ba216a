-- Transactions of the days $1 to $2 that pulls after the night $3 brought first.
SELECT t.source, t.id, t.kind, t.status, t.amount_vnd, t.paid_on, t.seen_night, t.bank_ref
FROM txn AS t
WHERE t.seen_night > $3 AND t.paid_on >= $1 AND t.paid_on <= $2
