-- What shows that rows are sealed as they were pulled.

-- The digest of every row that a pull stored and no list of seals holds yet. No business state. A
-- row is gone once a publication has sealed what it tells of; one with an empty table_name stands
-- in a database that older programs pulled into, until its next publication.
CREATE TABLE staged (
    table_name TEXT NOT NULL, -- the table of the row
    row_key    TEXT NOT NULL, -- its primary key, U+001F between the columns
    seal       TEXT NOT NULL, -- 16 hex over its columns but decided_night
    night      TEXT NOT NULL, -- the night whose pull stored it
    PRIMARY KEY (table_name, row_key)
);
INSERT INTO staged (table_name, row_key, seal, night)
SELECT '', '', '', ''
WHERE EXISTS (SELECT 1 FROM txn) OR EXISTS (SELECT 1 FROM export_file)
    OR EXISTS (SELECT 1 FROM feed_day) OR EXISTS (SELECT 1 FROM probe);
