-- The run that stands for the last published night before $1.
SELECT
    r.run_id, r.business_date, r.version, r.state, r.replaces, r.input_digest, r.rules_digest,
    r.output_digest, r.exit_codes, r.program, r.pulled_ms_wall, r.sources_json, r.run_json,
    r.files_json, r.calibration_json
FROM run AS r
WHERE r.state = 'published' AND r.business_date < $1
ORDER BY r.business_date DESC
LIMIT 1
