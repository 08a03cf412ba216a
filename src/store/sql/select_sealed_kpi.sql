-- What the night $1 seals of this table.
SELECT
    run_id, definition, scope, period, period_from, period_to, numerator, denominator, low_num,
    low_den, high_num, high_den, outer_bound, enough_data, target_num, target_den, verdict,
    deciding
FROM kpi
WHERE run_id = (
    SELECT r.run_id FROM run AS r WHERE r.business_date = $1 AND r.state = 'published')
