-- Business state for the canonical dump; sorted in Rust.
SELECT
    run_id, business_date, version, state, replaces, input_digest, rules_digest, output_digest,
    exit_codes, program, sources_json, run_json, files_json, calibration_json
FROM run
