-- What the night $1 seals of this table.
SELECT
    source, sha256, name, seq, account, from_day, to_day, whole_to, entries, rejects, credits,
    opening, closing, gap, night
FROM account_statement
WHERE night = $1
