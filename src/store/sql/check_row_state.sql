-- Count and sum of these rows' states after the night $2, by bucket, for the proof.
SELECT s.bucket, COUNT(*) AS counted, CAST(SUM(s.amount_vnd) AS BIGINT) AS sum_vnd
FROM jsonb_each($1) AS k CROSS JOIN row_state AS s
WHERE s.side = k.value->>'side' AND s.source = k.value->>'source' AND s.id = k.value->>'id'
  AND s.dossier = k.value->>'dossier' AND s.night <= $2 AND s.until > $2
GROUP BY s.bucket
