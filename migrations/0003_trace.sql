-- What makes a past run traceable: which raw answers its night read, and what it was made from.

-- Every answer of a source, in the order in which it came, by the night that asked. Evidence, no
-- business state. Rows never change.
CREATE TABLE reading (
    night          TEXT NOT NULL,   -- the night that asked
    source         TEXT NOT NULL,   -- who answered
    seq            BIGINT NOT NULL, -- place among the answers of this source to this night, from 1
    part           BIGINT NOT NULL, -- answers to one listing, question or file share it, from 1
    pulled_ms_wall BIGINT NOT NULL, -- the pull that asked: that of the run made from it, or earlier
    asked          TEXT NOT NULL,   -- FROM/TO of a listing, orders of a probe, empty for a file
    what           TEXT NOT NULL,   -- request or file name, without secrets
    sha256         TEXT,            -- the bytes in the archive; NULL: there is no such thing
    PRIMARY KEY (night, source, seq)
);

-- What each run was made from and what it decided, as documents in the archive. Rows never change.
CREATE TABLE run_kept (
    run_id TEXT NOT NULL, -- the run
    what   TEXT NOT NULL, -- pool, prior, rules, settlement
    sha256 TEXT NOT NULL, -- the bytes in the archive
    PRIMARY KEY (run_id, what),
    FOREIGN KEY (run_id) REFERENCES run (run_id)
);
