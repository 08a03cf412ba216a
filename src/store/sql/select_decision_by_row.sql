-- The entries about these rows that count by the night $2.
SELECT
    d.seq, d.side, d.source, d.id, d.dossier, d.dossier_code, d.night, d.action, d.amount_vnd,
    d.class, d.decided_by, d.reason, d.at_wall, d.seal_wall
FROM jsonb_each($1) AS k CROSS JOIN decision AS d
WHERE d.side = k.value->>'side' AND d.source = k.value->>'source' AND d.id = k.value->>'id'
  AND d.dossier = k.value->>'dossier' AND d.night <= $2
