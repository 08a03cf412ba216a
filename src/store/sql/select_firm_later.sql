-- What the night $1 and later ones changed in the firm sums of the days from $2 on. By night: of
-- the days there are many.
SELECT definition, scope, day, numerator, denominator
FROM firm_change
WHERE night >= $1 AND day || '' >= $2
