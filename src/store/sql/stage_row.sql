-- The digest of rows as a pull of the night $2 stored them; the newest word holds.
WITH n AS MATERIALIZED (SELECT value FROM jsonb_each($1))
INSERT INTO staged (table_name, row_key, seal, night)
SELECT n.value->>'table_name', n.value->>'row_key', n.value->>'seal', $2
FROM n
WHERE true
ON CONFLICT (table_name, row_key) DO UPDATE SET seal = excluded.seal, night = excluded.night
