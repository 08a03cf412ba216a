-- Unreadable rows of the days $1 to $2 that count from a night after $3 on.
SELECT r.side, r.source, r.id, r.code, r.amount_vnd, r.business_date, r.night
FROM reject_row AS r
WHERE r.night > $3 AND r.business_date >= $1 AND r.business_date <= $2
