-- What the night $1 seals of this table.
SELECT
    definition, item, scope, night, until, live, run_id, owner, day, numerator, denominator,
    firm, outcomes, coupled, exceptions, content
FROM contribution
WHERE night = $1
