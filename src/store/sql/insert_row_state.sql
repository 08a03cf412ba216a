-- Decisions of the night $2 by the run $3; what holds already is not repeated, unless an earlier
-- night wrote it as of another one.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO row_state (
    side, source, id, dossier, class, severity, bucket, open, amount_vnd, dossier_code,
    business_date, evidence, nearest, also, exception_id, content, night, run_id, until
)
SELECT
    n.value->>'side', n.value->>'source', n.value->>'id', n.value->>'dossier',
    n.value->>'class', n.value->>'severity', n.value->>'bucket',
    CAST(n.value->>'open' AS BIGINT), CAST(n.value->>'amount_vnd' AS BIGINT),
    n.value->>'dossier_code', n.value->>'business_date', n.value->>'evidence',
    n.value->>'nearest', n.value->>'also', n.value->>'exception_id', n.value->>'content',
    $2, $3,
    COALESCE(
        (SELECT MIN(x.night) FROM row_state AS x
         WHERE x.side = n.value->>'side'
      AND x.source = n.value->>'source'
      AND x.id = n.value->>'id'
      AND x.dossier = n.value->>'dossier'
           AND x.night > $2),
        '9999-12-31')
FROM n
WHERE NOT EXISTS (
    SELECT 1 FROM row_state AS p
    WHERE p.side = n.value->>'side'
      AND p.source = n.value->>'source'
      AND p.id = n.value->>'id'
      AND p.dossier = n.value->>'dossier'
      AND p.night < $2 AND p.until > $2 AND p.content = n.value->>'content'
      AND substr(p.run_id, 1, 10) = p.night)
