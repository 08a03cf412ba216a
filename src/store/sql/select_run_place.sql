-- Every run without what it holds.
SELECT run_id, business_date, version, state, pulled_ms_wall FROM run
ORDER BY business_date, version
