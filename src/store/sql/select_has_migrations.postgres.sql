-- 1 when the program's migration table is there.
SELECT COUNT(*) AS found FROM pg_catalog.pg_class WHERE oid = to_regclass('_sqlx_migrations')
