-- The longest time of a statement ($1), unless the server or the address sets one.
SELECT set_config('statement_timeout', $1, false)
WHERE current_setting('statement_timeout') = '0'
