-- Rows that a list of seals holds from now on, or that stand under another key.
DELETE FROM staged
WHERE (table_name, row_key) IN (
    SELECT n.value->>'table_name', n.value->>'row_key' FROM jsonb_each($1) AS n)
