-- A later file said the same again, or an older one told what was before: a version that moves is
-- decided again.
UPDATE receipt_version SET
    night = n.value->>'to',
    said_last = n.value->>'said_last',
    decided_night = CASE
        WHEN receipt_version.night = n.value->>'to' THEN receipt_version.decided_night
        ELSE '9999-12-31' END
FROM jsonb_each($1) AS n
WHERE receipt_version.receipt_id = n.value->>'a'
  AND receipt_version.night = n.value->>'night'
RETURNING
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256, told,
    said_last, decided_night
