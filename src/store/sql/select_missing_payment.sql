-- Fees up to the business day $1 that the registry calls paid and no source had the money of on the
-- night $2, each with the orders of its dossier that may have been paid, if any.
SELECT
    s.id, s.dossier, s.amount_vnd, s.business_date, o.provider, o.order_id, o.fee_ids
FROM row_state AS s LEFT JOIN order_version AS o
    ON o.dossier_code = s.dossier AND o.status NOT IN ('failed', 'expired', 'cancelled')
    AND o.night = (
        SELECT MAX(m.night) FROM order_version AS m
        WHERE m.provider = o.provider AND m.order_id = o.order_id AND m.night <= $2)
WHERE s.open = 1 AND s.until > $2 AND s.night <= $2 AND s.side || '' = 'fee'
  AND s.class = 'missing_payment' AND s.business_date <= $1
