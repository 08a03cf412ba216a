-- The entries of these things that the night $2 ended.
SELECT
    e.side, e.source, e.id, e.dossier, e.night, e.until, e.run_id, e.class, e.severity,
    e.bucket, e.open, e.amount_vnd, e.dossier_code, e.business_date, e.evidence, e.nearest,
    e.also, e.exception_id, e.content
FROM jsonb_each($1) AS k CROSS JOIN row_state AS e
WHERE e.side = k.value->>'side' AND e.source = k.value->>'source'
  AND e.id = k.value->>'id' AND e.dossier = k.value->>'dossier' AND e.until = $2
