-- Whether a statement is whole: its pages, and what in it is cut or does not agree.

-- What an account statement tells of being whole, one row a statement. Statements from before this
-- table have none. Rows never change.
CREATE TABLE statement_check (
    source TEXT NOT NULL,   -- as in account_statement
    sha256 TEXT NOT NULL,   -- as in account_statement
    name   TEXT NOT NULL,   -- as in account_statement
    seq    BIGINT NOT NULL, -- as in account_statement
    says   TEXT NOT NULL,   -- JSON: debits, first day by its own word, pages, flaws
    night  TEXT NOT NULL,   -- the night that read it
    PRIMARY KEY (source, sha256, name, seq)
);
CREATE INDEX statement_check_night ON statement_check (night);
