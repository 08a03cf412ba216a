-- What shows whether anybody changed the past, and what was removed by rule.

-- One entry a publication, each sealed with the one before; append-only. Rows never change. Runs
-- from before this table are in no entry.
CREATE TABLE audit (
    seq       BIGINT NOT NULL, -- place in the chain, from 1
    run_id    TEXT NOT NULL,   -- the run that was published
    says_wall TEXT NOT NULL,   -- JSON: the run's row, its documents, the last decision before it
    seal_wall TEXT NOT NULL,   -- 64 hex over the seal before and this entry
    PRIMARY KEY (seq)
);

-- Archived bytes that were removed by the rule of retention. Rows never change.
CREATE TABLE pruned (
    sha256 TEXT NOT NULL, -- the bytes
    before TEXT NOT NULL, -- nothing that only nights before this day need was kept
    PRIMARY KEY (sha256)
);

CREATE INDEX export_file_night ON export_file (night);
CREATE INDEX account_statement_night ON account_statement (night);
CREATE INDEX probe_night ON probe (night);
CREATE INDEX conflict_version_date ON conflict_version (business_date);
CREATE INDEX feed_day_day ON feed_day (day);
CREATE INDEX dossier_night ON dossier (night);
CREATE INDEX agency_version_night ON agency_version (night);
