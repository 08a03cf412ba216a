-- Legs of the groups that the night $2 decided anew. The group is asked for leg by leg: joined, a
-- planner without statistics walks through all groups of the night for each leg.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO match_leg (
    group_id, seq, side, source, id, dossier_code, fee_id, amount_vnd, role, pass, why, night
)
SELECT
    n.value->>'group_id', CAST(n.value->>'seq' AS BIGINT), n.value->>'side', n.value->>'source',
    n.value->>'id', n.value->>'dossier_code', n.value->>'fee_id',
    CAST(n.value->>'amount_vnd' AS BIGINT), n.value->>'role',
    n.value->>'pass', n.value->>'why', $2
FROM n
WHERE (SELECT g.live FROM match_group AS g
       WHERE g.group_id = n.value->>'group_id' AND g.night = $2) = 1
