-- Dossiers of which a fee line, an order or a receipt that counts on the night $1 was not decided
-- before it.
SELECT v.dossier_code
FROM fee_version AS v
WHERE v.decided_night >= $1 AND v.night = (
    SELECT MAX(m.night) FROM fee_version AS m
    WHERE m.dossier_code = v.dossier_code AND m.fee_id = v.fee_id AND m.night <= $1)
UNION
SELECT v.dossier_code
FROM order_version AS v
WHERE v.decided_night >= $1 AND v.night = (
    SELECT MAX(m.night) FROM order_version AS m
    WHERE m.provider = v.provider AND m.order_id = v.order_id AND m.night <= $1)
UNION
SELECT v.dossier_code
FROM receipt_version AS v
WHERE v.decided_night >= $1 AND v.night = (
    SELECT MAX(m.night) FROM receipt_version AS m
    WHERE m.receipt_id = v.receipt_id AND m.night <= $1)
UNION
-- an earlier version may have named another dossier, which loses the row
SELECT p.dossier_code
FROM order_version AS v CROSS JOIN order_version AS p
WHERE v.decided_night >= $1 AND v.night <= $1
  AND p.provider = v.provider AND p.order_id = v.order_id AND p.night < v.night
UNION
SELECT p.dossier_code
FROM receipt_version AS v CROSS JOIN receipt_version AS p
WHERE v.decided_night >= $1 AND v.night <= $1
  AND p.receipt_id = v.receipt_id AND p.night < v.night
