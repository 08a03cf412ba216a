-- Archived bytes with the days that need them.
SELECT sha256, night AS day FROM reading WHERE sha256 IS NOT NULL
UNION ALL
SELECT sha256, substr(at_wall, 1, 10) AS day FROM raw
UNION ALL
SELECT k.sha256, r.business_date AS day
FROM run_kept AS k JOIN run AS r ON r.run_id = k.run_id
