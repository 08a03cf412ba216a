-- What the night $1 seals of this table.
SELECT
    receipt_id, night, receipt_no, dossier_code, fee_id, amount_vnd, collected_at,
    collected_at_ms, collected_on, cashier, agency_code, status, content, file_sha256,
    told, said_last, decided_night
FROM receipt_version
WHERE decided_night = $1
