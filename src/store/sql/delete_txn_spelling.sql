-- What transactions do not spell any more.
DELETE FROM txn_spelling
WHERE (spelling, source, id) IN (
    SELECT n.value->>'spelling', n.value->>'source', n.value->>'id' FROM jsonb_each($1) AS n)
