-- The first nights that these rows count in: those whose pulls brought them first, or, where a row
-- was read early, that of its own accounting day.
SELECT t.source, t.id,
    CASE WHEN t.seen_night > t.business_date THEN t.seen_night ELSE t.business_date END AS told
FROM jsonb_each($1) AS k CROSS JOIN txn AS t
WHERE t.source = k.value->>'source' AND t.id = k.value->>'id'
