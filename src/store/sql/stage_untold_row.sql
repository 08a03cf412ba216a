-- The digest of rows that are looked at again as they stand; what a pull told of them stays.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO staged (table_name, row_key, seal, night)
SELECT n.value->>'table_name', n.value->>'row_key', n.value->>'seal', $2
FROM n
WHERE true
ON CONFLICT (table_name, row_key) DO NOTHING
