-- Every run.
SELECT
    r.run_id, r.business_date, r.version, r.state, r.replaces, r.input_digest, r.rules_digest,
    r.output_digest, r.exit_codes, r.program, r.pulled_ms_wall, r.sources_json, r.run_json,
    r.files_json, r.calibration_json
FROM run AS r
ORDER BY r.business_date, r.version
