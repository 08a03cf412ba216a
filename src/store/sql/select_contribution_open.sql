-- What the days $3 to $2 of a year may add to the definition $1 in the total, as of the night $2,
-- where that hangs on exceptions. The definition is no help: every item has it.
SELECT outcomes, exceptions
FROM contribution
WHERE definition || '' = $1 AND scope = '' AND firm = 0 AND live = 1
  AND night <= $2 AND until > $2 AND day >= $3 AND day <= $2
