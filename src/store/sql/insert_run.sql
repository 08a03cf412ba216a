-- One run.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO run (
    run_id, business_date, version, state, replaces, input_digest, rules_digest, output_digest,
    exit_codes, program, pulled_ms_wall, sources_json, run_json, files_json,
    calibration_json, published_wall
)
SELECT
    n.value->>'run_id', n.value->>'business_date', CAST(n.value->>'version' AS BIGINT),
    n.value->>'state', n.value->>'replaces', n.value->>'input_digest', n.value->>'rules_digest',
    n.value->>'output_digest', n.value->>'exit_codes', n.value->>'program',
    CAST(n.value->>'pulled_ms_wall' AS BIGINT), n.value->>'sources_json', n.value->>'run_json',
    n.value->>'files_json', n.value->>'calibration_json', n.value->>'published_wall'
FROM n
