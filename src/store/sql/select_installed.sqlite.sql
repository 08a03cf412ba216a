-- The day on which the database was made, at +07:00.
SELECT strftime('%Y-%m-%d', MIN(installed_on), '+7 hours') AS day FROM _sqlx_migrations
