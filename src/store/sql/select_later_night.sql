-- The runs that stand for the nights after $1, each with the digest of what it decided.
SELECT r.business_date, (
    SELECT k.sha256 FROM run_kept AS k
    WHERE k.run_id = r.run_id AND k.what = 'settlement') AS sha256
FROM run AS r
WHERE r.state = 'published' AND r.business_date > $1
ORDER BY r.business_date
