-- The first day that any statement of the source $1 tells of; NULL: there is none.
SELECT MIN(from_day) AS day FROM account_statement WHERE source = $1
