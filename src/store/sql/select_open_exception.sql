-- Exceptions that were open after the night $1, with the night since which the row has the class
-- without a break.
SELECT
    s.side, s.source, s.id, s.dossier, s.night, s.until, s.run_id, s.class, s.severity,
    s.bucket, s.open, s.amount_vnd, s.dossier_code, s.business_date, s.evidence, s.nearest,
    s.also, s.exception_id,
    (SELECT MIN(f.night) FROM row_state AS f
     WHERE f.side = s.side AND f.source = s.source AND f.id = s.id AND f.dossier = s.dossier
       AND f.night <= s.night
       AND f.night > COALESCE(
        (SELECT MAX(b.night) FROM row_state AS b
         WHERE b.side = s.side AND b.source = s.source AND b.id = s.id AND b.dossier = s.dossier
           AND b.night < s.night AND b.class <> s.class), '')) AS opened
FROM row_state AS s
WHERE s.open = 1 AND s.until > $1 AND s.night <= $1 AND s.exception_id IS NOT NULL
