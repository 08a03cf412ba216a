-- What an earlier run of the night $1 ended goes on as if that run had not been.
UPDATE contribution SET until = n.until
FROM contribution AS n
WHERE n.night = $1 AND contribution.definition = n.definition
  AND contribution.item = n.item
  AND contribution.scope = n.scope
  AND contribution.until = $1
