-- What nights before $3 decided of the rows of the days $2 to $3, as far as it stood then: of every
-- row of the sources $1, and of every line that was taken for a sum or tells a payment again.
SELECT
    t.source, t.id, t.amount_vnd, t.paid_on, t.business_date, t.bank_ref, s.class,
    CASE WHEN s.class IN ('batch_settlement', 'sighting', 'status_mismatch') THEN s.evidence
        ELSE '[]' END AS evidence
FROM txn AS t CROSS JOIN row_state AS s
WHERE t.business_date >= $2 AND t.business_date <= $3
  AND s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = ''
  AND s.night < $3 AND s.until >= $3
  AND (s.class IN ('batch_settlement', 'sighting')
    OR t.source || '' IN (SELECT k.value->>'k' FROM jsonb_each($1) AS k))
