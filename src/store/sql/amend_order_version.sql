-- A later file said the same again, or an older one told what was before: a version that moves is
-- decided again.
UPDATE order_version SET
    night = n.value->>'to',
    said_last = n.value->>'said_last',
    decided_night = CASE
        WHEN order_version.night = n.value->>'to' THEN order_version.decided_night
        ELSE '9999-12-31' END
FROM jsonb_each($1) AS n
WHERE order_version.provider = n.value->>'a'
  AND order_version.order_id = n.value->>'b'
  AND order_version.night = n.value->>'night'
RETURNING
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, told, said_last, decided_night
