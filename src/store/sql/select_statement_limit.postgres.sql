-- How long the server lets a statement of this session work, in milliseconds; 0: without limit.
SELECT CAST(setting AS BIGINT) AS ms FROM pg_settings WHERE name = 'statement_timeout'
