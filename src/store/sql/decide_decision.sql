-- The night $1 applied these entries, unless an earlier one did.
UPDATE decision SET decided_night = $1
WHERE night <= $1 AND decided_night > $1
