-- What the night $1 seals of this table: what it decided, and what files say again that were read
-- since the published night $2 before it.
SELECT
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256,
    told, said_last, decided_night
FROM receipt_version
WHERE decided_night = $1
UNION ALL
SELECT
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256,
    told, said_last, decided_night
FROM receipt_version
WHERE decided_night <> $1 AND said_last IN (
    SELECT e.day FROM export_file AS e WHERE e.night > $2 AND e.night <= $1)
