-- Statements of the source $1 that end on the day $2 or later, or that the night $3 read.
SELECT source, sha256, name, seq, account, from_day, to_day, whole_to, entries, rejects, credits,
    opening, closing, gap, night
FROM account_statement
WHERE source = $1 AND (to_day >= $2 OR night = $3)
ORDER BY account, from_day, name, sha256, seq
