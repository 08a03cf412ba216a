-- What the night $1 seals of this table.
SELECT
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, told, said_last, decided_night
FROM order_version
WHERE decided_night = $1
