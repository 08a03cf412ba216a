-- Rows that count by the night $2 and spell these squeezed codes, at any width of the sequence.
SELECT DISTINCT
    t.source, t.id, t.order_ref, t.memo, t.amount_vnd, t.fee_vnd, t.net_vnd, t.paid_at,
    t.paid_at_ms, t.paid_on, t.business_date, t.status, t.kind, t.payer, t.account, t.bank_ref,
    t.instrument
FROM jsonb_each($1) AS k CROSS JOIN txn_spelling AS s CROSS JOIN txn AS t
WHERE s.spelling >= k.value->>'k' AND s.spelling <= (k.value->>'k') || 'ZZZ'
  AND t.source = s.source AND t.id = s.id AND t.business_date <= $2
