-- What held up to the night $1, not including it.
SELECT definition, item, scope, night, until, live, day, numerator, denominator, exceptions
FROM contribution
WHERE until = $1
