-- The lists of seals that may name rows of the night $1 which no pull stored since: that of the run
-- $2 that is replaced, and those of the later nights.
SELECT r.business_date, (
    SELECT k.sha256 FROM run_kept AS k
    WHERE k.run_id = r.run_id AND k.what = 'seals') AS sha256
FROM run AS r
WHERE r.run_id = $2 OR (r.state = 'published' AND r.business_date > $1)
ORDER BY r.business_date
