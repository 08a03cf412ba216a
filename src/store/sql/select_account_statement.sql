-- Statements of the source $1 that end on the day $2 or later, or that the night $3 read.
SELECT s.source, s.sha256, s.name, s.seq, s.account, s.from_day, s.to_day, s.whole_to, s.entries,
    s.rejects, s.credits, s.opening, s.closing, s.gap, s.night, c.says
FROM account_statement AS s
LEFT JOIN statement_check AS c
    ON c.source = s.source AND c.sha256 = s.sha256 AND c.name = s.name AND c.seq = s.seq
WHERE s.source = $1 AND (s.to_day >= $2 OR s.night = $3)
ORDER BY s.account, s.from_day, s.name, s.sha256, s.seq
