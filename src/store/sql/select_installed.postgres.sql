-- The day on which the database was made, at +07:00.
SELECT to_char(MIN(installed_on) AT TIME ZONE INTERVAL '7 hours', 'YYYY-MM-DD') AS day
FROM _sqlx_migrations
