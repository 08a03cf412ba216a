-- The run $1 as its entry in the chain tells it; its state changes, and is left out.
SELECT
    run_id, business_date, version, replaces, input_digest, rules_digest, output_digest,
    exit_codes, program, pulled_ms_wall, sources_json, run_json, files_json, calibration_json,
    published_wall
FROM run
WHERE run_id = $1
