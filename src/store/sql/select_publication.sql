-- Runs with their place in the chain; what else the chain tells names a run, too.
SELECT run_id, MIN(seq) AS seq FROM audit
WHERE says_wall LIKE '%"run":{%'
GROUP BY run_id
