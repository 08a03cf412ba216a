-- The key of contributions begins with the item: what an item adds to twenty shares lies side by
-- side. With the definition first, a night of items without an order of their own (the digests of
-- bank lines) wrote a page of the index for each share of each item once the table was large.
ALTER TABLE contribution RENAME TO contribution_by_definition;

-- What each item adds to each definition. Entries of a night are replaced together; else only
-- until changes.
CREATE TABLE contribution (
    definition  TEXT NOT NULL,   -- definition id
    item        TEXT NOT NULL,   -- stable name of the item
    scope       TEXT NOT NULL,   -- empty: total, *: any agency, by=value: a cell, else an agency
    night       TEXT NOT NULL,   -- holds from this night
    until       TEXT NOT NULL,   -- up to, not including, this one
    live        BIGINT NOT NULL CHECK (live IN (0, 1)), -- 0: ended
    run_id      TEXT NOT NULL,   -- the run that decided it
    owner       TEXT NOT NULL,   -- txn|<source>|<id> or dossier|<code>: whose rows make it
    day         TEXT NOT NULL,   -- decides the period
    numerator   BIGINT NOT NULL, -- first outcome, the definition's unit
    denominator BIGINT NOT NULL, -- first outcome, the definition's unit
    firm        BIGINT NOT NULL CHECK (firm IN (0, 1)), -- 1: one outcome only
    outcomes    TEXT NOT NULL,   -- JSON array of [numerator, denominator]
    coupled     BIGINT NOT NULL CHECK (coupled IN (0, 1)), -- 1: depends on another item
    exceptions  TEXT NOT NULL,   -- JSON array of exception ids
    content     TEXT NOT NULL,   -- 16 hex over the columns from owner on
    PRIMARY KEY (item, definition, scope, night)
);
INSERT INTO contribution (
    definition, item, scope, night, until, live, run_id, owner, day, numerator, denominator, firm,
    outcomes, coupled, exceptions, content
)
SELECT
    definition, item, scope, night, until, live, run_id, owner, day, numerator, denominator, firm,
    outcomes, coupled, exceptions, content
FROM contribution_by_definition;
DROP TABLE contribution_by_definition;
CREATE INDEX contribution_night ON contribution (night);
CREATE INDEX contribution_until ON contribution (until);
CREATE INDEX contribution_owner ON contribution (owner);
CREATE INDEX contribution_open ON contribution (until) WHERE firm = 0;
CREATE INDEX contribution_kept ON contribution (until) WHERE substr(run_id, 1, 10) <> night;
