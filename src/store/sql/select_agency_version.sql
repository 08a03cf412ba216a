-- Every version of these agencies.
SELECT
    a.code, a.valid_from, a.night, a.valid_to, a.name, a.level, a.parent_code, a.successor_code,
    a.kind
FROM jsonb_each($1) AS k CROSS JOIN agency_version AS a
WHERE a.code = k.value->>'code' AND a.valid_from = k.value->>'valid_from'
