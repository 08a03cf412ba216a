-- Decisions of people that count from a night after $1 on, with the bank's number of the row.
SELECT d.side, d.source, d.id, d.dossier_code, d.action, d.amount_vnd, d.night, d.decided_by,
    d.reason, t.bank_ref
FROM decision AS d
LEFT JOIN txn AS t ON d.side = 'txn' AND t.source = d.source AND t.id = d.id
WHERE d.decided_night > $1 AND d.night > $1
