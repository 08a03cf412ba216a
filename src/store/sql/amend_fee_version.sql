-- A later file said the same again, or an older one told what was before: a version that moves is
-- decided again.
UPDATE fee_version SET
    night = n.value->>'to',
    said_last = n.value->>'said_last',
    decided_night = CASE
        WHEN fee_version.night = n.value->>'to' THEN fee_version.decided_night
        ELSE '9999-12-31' END
FROM jsonb_each($1) AS n
WHERE fee_version.dossier_code = n.value->>'a'
  AND fee_version.fee_id = n.value->>'b'
  AND fee_version.night = n.value->>'night'
