-- What the chain tells of a run is looked for whenever something of the run is sent or made again.
CREATE INDEX audit_run ON audit (run_id);
