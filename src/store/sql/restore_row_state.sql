-- What an earlier run of the night $2 ended on the night $1 goes on as if that run had not been.
UPDATE row_state SET until = n.until
FROM row_state AS n
WHERE n.night = $1 AND (n.night = $2 OR substr(n.run_id, 1, 10) = $2)
  AND row_state.side = n.side
  AND row_state.source = n.source
  AND row_state.id = n.id
  AND row_state.dossier = n.dossier
  AND row_state.until = $1
