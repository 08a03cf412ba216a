-- What an earlier run of the night $2 ended on the night $1 goes on as if that run had not been.
UPDATE contribution SET until = n.until
FROM contribution AS n
WHERE n.night = $1 AND (n.night = $2 OR substr(n.run_id, 1, 10) = $2)
  AND contribution.definition = n.definition
  AND contribution.item = n.item
  AND contribution.scope = n.scope
  AND contribution.until = $1
