-- The firm sums of half months, so that a night reads no more of a long year than of a short one.

-- The firm sums of all nights by half a month: firm_change added up, kept beside it. A half whose
-- sums are nothing has no row. Rows follow firm_change within the transaction that changes it.
CREATE TABLE firm_half (
    definition  TEXT NOT NULL,   -- definition id
    scope       TEXT NOT NULL,   -- as in contribution
    half        TEXT NOT NULL,   -- first day: the 1st (to the 14th) or the 15th (to the month's end)
    numerator   BIGINT NOT NULL, -- the definition's unit
    denominator BIGINT NOT NULL, -- the definition's unit
    PRIMARY KEY (half, definition, scope)
);
INSERT INTO firm_half (definition, scope, half, numerator, denominator)
SELECT definition, scope,
    substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END,
    CAST(SUM(numerator) AS BIGINT), CAST(SUM(denominator) AS BIGINT)
FROM firm_change
GROUP BY definition, scope,
    substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END
HAVING SUM(numerator) <> 0 OR SUM(denominator) <> 0;

CREATE INDEX export_file_day ON export_file (day, source);
CREATE INDEX reject_row_id ON reject_row (id);
CREATE INDEX probe_unanswered ON probe (source, order_id) WHERE answered = 0;
