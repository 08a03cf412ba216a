-- Every version of these fee lines, and which days told it.
SELECT v.dossier_code AS a, v.fee_id AS b, v.night, v.told, v.said_last, v.content
FROM jsonb_each($1) AS k CROSS JOIN fee_version AS v
WHERE v.dossier_code = k.value->>'a' AND v.fee_id = k.value->>'b'
