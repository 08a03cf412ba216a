-- What began to hold with the night $1.
SELECT definition, item, scope, night, until, live, day, numerator, denominator, exceptions
FROM contribution
WHERE night = $1
