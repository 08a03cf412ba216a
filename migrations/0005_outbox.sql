-- What was announced of each publication, and whether it went out.

-- One row a publication and target, written in the transaction of the publication. No business
-- state: it stays out of the canonical dump. The columns from state on change with each attempt.
CREATE TABLE outbox (
    key         TEXT NOT NULL,   -- Message-ID or idempotency key: the same in every attempt
    run_id      TEXT NOT NULL,   -- the run that was published
    channel     TEXT NOT NULL,   -- email, webhook
    target      TEXT NOT NULL,   -- 12 hex over who is told; the settings say who that is
    queued_wall TEXT NOT NULL,   -- when it was written
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up')),
    attempts    BIGINT NOT NULL, -- so far
    error       TEXT NOT NULL,   -- what the last attempt met; empty when it went well
    tried_wall  TEXT NOT NULL,   -- the last attempt; empty before the first
    PRIMARY KEY (key),
    FOREIGN KEY (run_id) REFERENCES run (run_id)
);

CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_run ON outbox (run_id);
