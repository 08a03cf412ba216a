-- What the night $1 seals of this table: what it decided, and what files say again that were read
-- since the published night $2 before it.
SELECT
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, told, said_last, decided_night
FROM order_version
WHERE decided_night = $1
UNION ALL
SELECT
    provider, order_id, night, dossier_code, fee_ids, amount_vnd, created_at, created_at_ms,
    created_on, status, content, file_sha256, told, said_last, decided_night
FROM order_version
WHERE decided_night <> $1 AND said_last IN (
    SELECT e.day FROM export_file AS e WHERE e.night > $2 AND e.night <= $1)
