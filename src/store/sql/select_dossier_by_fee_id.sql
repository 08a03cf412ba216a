-- The dossier of a fee id that no other dossier uses, as of the night $2.
SELECT v.fee_id, MIN(v.dossier_code) AS dossier_code
FROM jsonb_each($1) AS k CROSS JOIN fee_version AS v
WHERE v.fee_id = k.value->>'k' AND v.night <= $2
GROUP BY v.fee_id
HAVING MIN(v.dossier_code) = MAX(v.dossier_code)
