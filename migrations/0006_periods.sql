-- Whose figures people closed, and opened again.

-- The book of closings, append-only, each entry sealed with the one before it. The entries of the
-- table audit tell the last one before each publication, and an entry here tells the last
-- publication before it. Rows never change.
CREATE TABLE closing (
    seq       BIGINT NOT NULL, -- place in the book, from 1
    period    TEXT NOT NULL,   -- label: YYYY-MM, YYYY-Qn, YYYY, from/to
    action    TEXT NOT NULL CHECK (action IN ('close', 'reopen')),
    run_id    TEXT NOT NULL,   -- close: the run that the figures are of; reopen: that of the closing
    says_wall TEXT NOT NULL,   -- JSON: days, files with sha256, who, why, when, the audit before it
    seal_wall TEXT NOT NULL,   -- 64 hex over the seal before and this entry
    PRIMARY KEY (seq),
    FOREIGN KEY (run_id) REFERENCES run (run_id)
);
CREATE INDEX closing_run ON closing (run_id);
