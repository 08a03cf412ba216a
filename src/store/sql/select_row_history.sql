-- Every decision about these rows up to the night $2.
SELECT
    s.side, s.source, s.id, s.dossier, s.night, s.until, s.run_id, s.class, s.severity,
    s.bucket, s.open, s.amount_vnd, s.dossier_code, s.business_date, s.evidence, s.nearest,
    s.also, s.exception_id
FROM jsonb_each($1) AS k CROSS JOIN row_state AS s
WHERE s.side = k.value->>'side' AND s.source = k.value->>'source' AND s.id = k.value->>'id'
  AND s.dossier = k.value->>'dossier' AND s.night <= $2
ORDER BY s.night
