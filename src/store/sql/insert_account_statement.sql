-- A known statement changes nothing.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO account_statement (
    source, sha256, name, seq, account, from_day, to_day, whole_to, entries, rejects, credits,
    opening, closing, gap, night
)
SELECT n.value->>'source', n.value->>'sha256', n.value->>'name',
    CAST(n.value->>'seq' AS BIGINT), n.value->>'account', n.value->>'from_day',
    n.value->>'to_day', n.value->>'whole_to', CAST(n.value->>'entries' AS BIGINT),
    CAST(n.value->>'rejects' AS BIGINT), n.value->>'credits', n.value->>'opening',
    n.value->>'closing', n.value->>'gap', n.value->>'night'
FROM n
WHERE true
ON CONFLICT (source, sha256, name, seq) DO NOTHING
RETURNING
    source, sha256, name, seq, account, from_day, to_day, whole_to, entries, rejects, credits,
    opening, closing, gap, night
