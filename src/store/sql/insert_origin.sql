-- Where rows stood in what told them; what is known of one already stays.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO origin (side, source, id, dossier, told_by, sha256, name, line)
SELECT
    n.value->>'side', n.value->>'source', n.value->>'id', n.value->>'dossier', $2,
    n.value->>'sha256', n.value->>'name', CAST(n.value->>'line' AS BIGINT)
FROM n
WHERE true
ON CONFLICT (side, source, id, dossier, told_by) DO NOTHING
RETURNING side, source, id, dossier, told_by, sha256, name, line
