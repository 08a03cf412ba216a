-- What held before gives way to the decisions of the night $1.
UPDATE contribution SET until = $1
FROM contribution AS n
WHERE n.night = $1 AND contribution.definition = n.definition
  AND contribution.item = n.item
  AND contribution.scope = n.scope
  AND contribution.night < $1 AND contribution.until > $1
