-- What nights before $2 decided of these rows, as far as it stood then.
SELECT
    t.source, t.id, t.amount_vnd, t.paid_on, t.business_date, t.bank_ref, s.class, s.evidence
FROM jsonb_each($1) AS k CROSS JOIN txn AS t CROSS JOIN row_state AS s
WHERE t.source = k.value->>'source' AND t.id = k.value->>'id'
  AND s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
  AND s.night < $2 AND s.until >= $2
