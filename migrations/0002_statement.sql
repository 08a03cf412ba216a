-- What statement and settlement files told of an account: the days they cover, and whether their
-- own figures agree. Rows never change.
CREATE TABLE account_statement (
    source   TEXT NOT NULL,   -- the source whose folder it lay in
    sha256   TEXT NOT NULL,   -- 64 hex over the file's bytes
    name     TEXT NOT NULL,   -- file name, without folder
    seq      BIGINT NOT NULL, -- place in the file, from 0
    account  TEXT NOT NULL,   -- account number, letters and digits; empty: not told
    from_day TEXT NOT NULL,   -- first day it tells of
    to_day   TEXT NOT NULL,   -- last day it tells of
    whole_to TEXT NOT NULL,   -- last day it tells in full; before from_day: none
    entries  BIGINT NOT NULL, -- entries read
    rejects  BIGINT NOT NULL, -- entries that could not be read
    credits  TEXT NOT NULL,   -- money in, decimal text
    opening  TEXT,            -- balance before the first entry, decimal text; NULL: not told
    closing  TEXT,            -- balance after the last entry, decimal text; NULL: not told
    gap      TEXT,            -- what its own figures lack, decimal text; NULL: nothing to check
    night    TEXT NOT NULL,   -- the night that read it
    PRIMARY KEY (source, sha256, name, seq)
);
CREATE INDEX account_statement_to ON account_statement (source, to_day);
