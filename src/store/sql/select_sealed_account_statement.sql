-- What the night $1 seals of this table: what was told since the published night $2 before it.
SELECT
    source, sha256, name, seq, account, from_day, to_day, whole_to, entries, rejects, credits,
    opening, closing, gap, night
FROM account_statement
WHERE night > $2 AND night <= $1
