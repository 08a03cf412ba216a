-- Of these rights of tables those that our role does not have; what is no table is left out.
SELECT n.value->>'place' AS place, n.value->>'verb' AS verb
FROM jsonb_each($1) AS n
WHERE to_regclass(n.value->>'place') IS NOT NULL
  AND NOT CASE
    WHEN n.value->>'verb' = 'DELETE'
      THEN has_table_privilege(to_regclass(n.value->>'place'), 'DELETE')
    ELSE has_any_column_privilege(to_regclass(n.value->>'place'), n.value->>'verb')
  END
