-- What held before gives way to the decisions of the night $1.
UPDATE row_state SET until = $1
FROM row_state AS n
WHERE n.night = $1 AND row_state.side = n.side
  AND row_state.source = n.source
  AND row_state.id = n.id
  AND row_state.dossier = n.dossier
  AND row_state.night < $1 AND row_state.until > $1
