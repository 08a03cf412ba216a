-- One entry; its place may have been taken meanwhile.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO decision (
    seq, side, source, id, dossier, dossier_code, night, action, amount_vnd, class, decided_by,
    reason, at_wall, seal_wall, decided_night
)
SELECT
    CAST(n.value->>'seq' AS BIGINT), n.value->>'side', n.value->>'source', n.value->>'id',
    n.value->>'dossier', n.value->>'dossier_code', n.value->>'night', n.value->>'action',
    CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'class', n.value->>'decided_by',
    n.value->>'reason', n.value->>'at_wall', n.value->>'seal_wall', '9999-12-31'
FROM n
WHERE true
ON CONFLICT (seq) DO NOTHING
