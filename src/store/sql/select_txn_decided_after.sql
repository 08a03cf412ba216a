-- Of these transactions those whose present content a night after $2 decided first.
SELECT t.source, t.id
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.source = k.value->>'source' AND t.id = k.value->>'id' AND t.decided_night > $2
