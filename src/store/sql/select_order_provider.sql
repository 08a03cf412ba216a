-- Orders that wait for money or have it, by provider and by the registry's last word.
SELECT o.provider, CAST(COUNT(*) AS BIGINT) AS orders
FROM order_version AS o
WHERE o.status IN ('created', 'pending', 'paid') AND o.night = (
    SELECT MAX(m.night) FROM order_version AS m
    WHERE m.provider = o.provider AND m.order_id = o.order_id)
GROUP BY o.provider
