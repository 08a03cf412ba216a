-- Bad rows that count by the night $1, were not decided before it, and did not come in good order.
SELECT
    r.side, r.source, r.id, r.file, r.line, r.column_name, r.value, r.code, r.amount_vnd,
    r.business_date, r.night
FROM reject_row AS r
WHERE r.decided_night >= $1 AND r.night || '' <= $1
  AND NOT EXISTS (
    SELECT 1 FROM txn AS t
    WHERE r.side = 'txn' AND t.source = r.source AND t.id = r.id AND t.business_date <= $1)
  AND NOT EXISTS (
    SELECT 1 FROM receipt_version AS v
    WHERE r.side = 'receipt' AND v.receipt_id = r.id AND v.night <= $1)
  AND NOT EXISTS (
    SELECT 1 FROM fee_version AS v
    WHERE r.side = 'fee' AND v.fee_id = r.id AND v.night <= $1 AND v.told >= r.night
      AND v.dossier_code = (SELECT MIN(m.dossier_code) FROM fee_version AS m WHERE m.fee_id = r.id)
      AND v.dossier_code = (SELECT MAX(m.dossier_code) FROM fee_version AS m WHERE m.fee_id = r.id)
      AND NOT EXISTS (
        SELECT 1 FROM export_file AS f
        WHERE f.source = r.source AND f.sha256 = v.file_sha256 AND f.name = r.file
          AND f.day = r.night))
