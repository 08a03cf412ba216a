-- What lets a night find the settled transactions that spell the code of a dossier told of later.

-- The dossier codes that the memo or the reference of a transaction may spell, whatever agencies
-- and dossiers were known when it came: made from txn, kept beside it. Rows follow txn within the
-- transaction that changes it. One whose columns are empty stands in a database that older
-- programs pulled into, until its next night makes the spellings of their rows.
CREATE TABLE txn_spelling (
    spelling TEXT NOT NULL, -- A-Z0-9 only, as far as the digits behind the date reach; made in Rust
    source   TEXT NOT NULL, -- as in txn
    id       TEXT NOT NULL, -- as in txn
    PRIMARY KEY (spelling, source, id)
);
INSERT INTO txn_spelling (spelling, source, id)
SELECT '', '', '' WHERE EXISTS (SELECT 1 FROM txn);
