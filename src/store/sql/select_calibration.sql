-- What the nights before this one kept of their calibration.
SELECT r.calibration_json
FROM run AS r
WHERE r.business_date < $1 AND r.state = 'published'
ORDER BY r.business_date
