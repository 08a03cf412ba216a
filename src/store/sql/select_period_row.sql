-- Money rows of the days $1 to $2 that a night up to $3 has decided, with the first that did.
SELECT t.source, t.id, t.kind, t.business_date, t.amount_vnd, MIN(s.night) AS since
FROM txn AS t JOIN row_state AS s
    ON s.side = 'txn' AND s.source = t.source AND s.id = t.id AND s.dossier = '' AND s.night <= $3
WHERE t.business_date >= $1 AND t.business_date <= $2
GROUP BY t.source, t.id, t.kind, t.business_date, t.amount_vnd
