-- Archived bytes with the days that need them; rows stay for good, and so does what seals them.
SELECT sha256, night AS day FROM reading WHERE sha256 IS NOT NULL
UNION ALL
SELECT sha256, substr(at_wall, 1, 10) AS day FROM raw
UNION ALL
SELECT k.sha256, CASE WHEN k.what = 'seals' THEN '9999-12-31' ELSE r.business_date END AS day
FROM run_kept AS k JOIN run AS r ON r.run_id = k.run_id
