-- The tables of doisoat, one text for SQLite and PostgreSQL: BIGINT, TEXT and CHECK only.
--
-- Days are ISO text (YYYY-MM-DD). An instant is its original text plus *_ms, milliseconds since
-- 1970 in UTC. Money is whole dong (*_vnd). The day 9999-12-31 means "not yet". Ids are assigned
-- by the program. Columns that end in _wall hold wall-clock text and are no business state, nor
-- are the tables raw and lease.
--
-- Two forms of history:
--   registry facts   (key, night): of one key the latest night <= D counts as of night D. What is
--                    told first counts from the row's own date, what replaces it from the day of
--                    the file that told it, whichever night read that file.
--   decisions        (key, night, until): an entry holds from night up to, not including, until;
--                    live = 0 says that the thing ended.
-- decided_night is the night that first decided the row's present content.

-- ---------------------------------------------------------------- what the registry told

-- Agencies by validity period. Rows are only added, or replaced within their night.
CREATE TABLE agency_version (
    code           TEXT NOT NULL, -- electronic identifier, upper case
    valid_from     TEXT NOT NULL, -- first day of validity
    night          TEXT NOT NULL, -- the day of the file that told it
    valid_to       TEXT,          -- last day of validity; NULL: still valid
    name           TEXT NOT NULL, -- as people write it
    level          TEXT NOT NULL, -- province, district, commune, office, or another word
    parent_code    TEXT,          -- the agency above; NULL: none told
    successor_code TEXT,          -- the agency that took over; NULL: none
    kind           TEXT NOT NULL, -- committee, department, centre, or another word
    PRIMARY KEY (code, valid_from, night)
);

-- Dossiers by code. May change: night (to an earlier one).
CREATE TABLE dossier (
    dossier_code TEXT NOT NULL, -- canonical spelling
    squeezed     TEXT NOT NULL, -- A-Z0-9 only, as it appears in memos; made in Rust
    night        TEXT NOT NULL, -- known from this night on
    PRIMARY KEY (dossier_code)
);
CREATE INDEX dossier_squeezed ON dossier (squeezed);

-- Fee lines. May change: decided_night, said_last, night (to a
-- later one); everything within the day that told it.
CREATE TABLE fee_version (
    dossier_code             TEXT NOT NULL,   -- the dossier
    fee_id                   TEXT NOT NULL,   -- unique inside the dossier
    night                    TEXT NOT NULL,   -- counts from this night on
    kind                     TEXT NOT NULL,   -- phi, le_phi, land_obligation
    amount_vnd               BIGINT NOT NULL CHECK (amount_vnd >= 0), -- due, dong
    agency_code              TEXT NOT NULL,   -- the agency that collects
    procedure_code           TEXT NOT NULL,   -- administrative procedure
    declared_method          TEXT NOT NULL,   -- as declared; empty: not said
    due_at                   TEXT,            -- original text; NULL: never late
    due_at_ms                BIGINT,          -- NULL with due_at
    payer_name               TEXT NOT NULL,   -- personal data: masked outside the store
    status                   TEXT NOT NULL,   -- paid, pending, unpaid, refunded, cancelled
    received_at              TEXT,            -- receipt of the dossier; NULL: not told
    received_at_ms           BIGINT,          -- NULL with received_at
    processing_started_at    TEXT,            -- start of processing; NULL: not told
    processing_started_at_ms BIGINT,          -- NULL with processing_started_at
    result_at                TEXT,            -- result handed over; NULL: not told
    result_at_ms             BIGINT,          -- NULL with result_at
    field_code               TEXT,            -- field of administration; NULL: not told
    filing_channel           TEXT,            -- 1 counter, 2 online, 3 post; NULL: not told
    collection_mode          TEXT,            -- before, after, exempt, zero; NULL: not told
    online_payment_flag      BIGINT,          -- 1 national portal, 2 other gateway; NULL: not told
    paid_at                  TEXT,            -- when the registry believes it was paid; NULL: not told
    paid_at_ms               BIGINT,          -- NULL with paid_at
    request_id               TEXT,            -- payment request; NULL: not told
    receipt_form             TEXT,            -- e-receipt form; NULL: not told
    receipt_series           TEXT,            -- e-receipt series; NULL: not told
    receipt_no               TEXT,            -- e-receipt number; NULL: not told
    content                  TEXT NOT NULL,   -- 16 hex over the columns above but night
    file_sha256              TEXT NOT NULL,   -- the file that told it
    told                     TEXT NOT NULL,   -- that file's day, or the row's own when later
    said_last                TEXT NOT NULL,   -- the last day whose file said it
    decided_night            TEXT NOT NULL,   -- see above
    PRIMARY KEY (dossier_code, fee_id, night)
);
CREATE INDEX fee_version_decided ON fee_version (decided_night);
CREATE INDEX fee_version_fee ON fee_version (fee_id, dossier_code);

-- Payment orders. May change: decided_night, said_last, night (to a
-- later one); everything within the day that told it.
CREATE TABLE order_version (
    provider      TEXT NOT NULL,   -- kind of the source, or its name where two share the kind
    order_id      TEXT NOT NULL,   -- the provider's reference
    night         TEXT NOT NULL,   -- counts from this night on
    dossier_code  TEXT NOT NULL,   -- the dossier it pays for
    fee_ids       TEXT NOT NULL,   -- JSON array of fee ids; empty: all of the dossier
    amount_vnd    BIGINT NOT NULL CHECK (amount_vnd >= 0), -- asked for, dong
    created_at    TEXT NOT NULL,   -- original text: some providers want it back verbatim
    created_at_ms BIGINT NOT NULL, -- the same instant
    created_on    TEXT NOT NULL,   -- its day in Viet Nam
    status        TEXT NOT NULL,   -- created, pending, paid, failed, expired, refunded, cancelled
    content       TEXT NOT NULL,   -- 16 hex over the columns above but night
    file_sha256   TEXT NOT NULL,   -- the file that told it
    told          TEXT NOT NULL,   -- that file's day, or the row's own when later
    said_last     TEXT NOT NULL,   -- the last day whose file said it
    decided_night TEXT NOT NULL,   -- see above
    PRIMARY KEY (provider, order_id, night)
);
CREATE INDEX order_version_decided ON order_version (decided_night);
CREATE INDEX order_version_dossier ON order_version (dossier_code);
CREATE INDEX order_version_id ON order_version (order_id);
CREATE INDEX order_version_created ON order_version (provider, created_on);

-- Counter receipts. May change: decided_night, said_last, night (to a
-- later one); everything within the day that told it.
CREATE TABLE receipt_version (
    receipt_id      TEXT NOT NULL,   -- identity in the export
    night           TEXT NOT NULL,   -- counts from this night on
    receipt_no      TEXT NOT NULL,   -- printed number
    dossier_code    TEXT NOT NULL,   -- the dossier it was written for
    fee_id          TEXT NOT NULL,   -- the fee line it was written for
    amount_vnd      BIGINT NOT NULL CHECK (amount_vnd >= 0), -- cash taken, dong
    collected_at    TEXT NOT NULL,   -- original text
    collected_at_ms BIGINT NOT NULL, -- the same instant
    collected_on    TEXT NOT NULL,   -- its day in Viet Nam
    cashier         TEXT NOT NULL,   -- personal data: masked outside the store
    agency_code     TEXT NOT NULL,   -- where
    status          TEXT NOT NULL,   -- valid, void, replaced
    content         TEXT NOT NULL,   -- 16 hex over the columns above but night
    file_sha256     TEXT NOT NULL,   -- the file that told it
    told            TEXT NOT NULL,   -- that file's day, or the row's own when later
    said_last       TEXT NOT NULL,   -- the last day whose file said it
    decided_night   TEXT NOT NULL,   -- see above
    PRIMARY KEY (receipt_id, night)
);
CREATE INDEX receipt_version_decided ON receipt_version (decided_night);
CREATE INDEX receipt_version_dossier ON receipt_version (dossier_code);
CREATE INDEX receipt_version_collected ON receipt_version (collected_on);

-- Export files that were read; an empty one may come under many names. Rows never change.
CREATE TABLE export_file (
    source TEXT NOT NULL,   -- the registry source
    sha256 TEXT NOT NULL,   -- 64 hex over the bytes
    name   TEXT NOT NULL,   -- without folder
    kind   TEXT NOT NULL,   -- dossier_fees, payment_orders, cash_receipts, agencies
    lines  BIGINT NOT NULL, -- data lines
    day    TEXT NOT NULL,   -- the day that it tells of
    night  TEXT NOT NULL,   -- the night that read it
    PRIMARY KEY (source, sha256, name)
);

-- ---------------------------------------------------------------- what the money sources told

-- Transactions. The version first stored stays. May change: status and, while it is not final,
-- the columns that the provider fills in with it; decided_night.
CREATE TABLE txn (
    source        TEXT NOT NULL,   -- configured source
    id            TEXT NOT NULL,   -- the provider's id, else ~<12 hex of content>-<occurrence>
    order_ref     TEXT,            -- structured reference; NULL: none
    memo          TEXT NOT NULL,   -- free text as received, NFC
    amount_vnd    BIGINT NOT NULL CHECK (amount_vnd >= 0), -- gross, dong; the kind carries the sign
    fee_vnd       BIGINT NOT NULL, -- kept by the provider, dong
    net_vnd       BIGINT NOT NULL, -- reaches the agency, dong
    paid_at       TEXT NOT NULL,   -- original text
    paid_at_ms    BIGINT NOT NULL, -- the same instant
    paid_on       TEXT NOT NULL,   -- its day in Viet Nam: decides the period of the share
    business_date TEXT NOT NULL,   -- the source's accounting day: serves the tie-out
    status        TEXT NOT NULL,   -- success, failed, pending, void, unmapped
    kind          TEXT NOT NULL,   -- payment, refund, reversal, debit
    payer         TEXT NOT NULL,   -- personal data: masked outside the store
    account       TEXT,            -- came into or went out of; NULL: not told
    bank_ref      TEXT,            -- the bank's reference; NULL: not told
    instrument    TEXT NOT NULL,   -- means of payment
    seen_night    TEXT NOT NULL,   -- the night whose pull first brought it
    decided_night TEXT NOT NULL,   -- see above
    PRIMARY KEY (source, id)
);
CREATE INDEX txn_decided ON txn (decided_night);
CREATE INDEX txn_id ON txn (id);
CREATE INDEX txn_bank_ref ON txn (bank_ref);
CREATE INDEX txn_order_ref ON txn (order_ref);
CREATE INDEX txn_business_date ON txn (business_date);
CREATE INDEX txn_seen ON txn (seen_night);

-- Rows that could not be read, from any source. May change: decided_night.
CREATE TABLE reject_row (
    side          TEXT NOT NULL,   -- fee, receipt, txn: what it would have been
    source        TEXT NOT NULL,   -- where it came from
    id            TEXT NOT NULL,   -- own id, else ~<12 hex of content>-<occurrence>
    file          TEXT NOT NULL,   -- file name or request
    line          BIGINT NOT NULL, -- line or position, from 1
    column_name   TEXT NOT NULL,   -- the column or field at fault
    value         TEXT NOT NULL,   -- the value at fault, cut
    code          TEXT NOT NULL,   -- why
    amount_vnd    BIGINT,          -- dong; NULL: not readable
    business_date TEXT NOT NULL,   -- the day it counts under
    night         TEXT NOT NULL,   -- counts from this night on
    decided_night TEXT NOT NULL,   -- see above
    PRIMARY KEY (side, source, id)
);
CREATE INDEX reject_row_decided ON reject_row (decided_night);
CREATE INDEX reject_row_night ON reject_row (night);

-- Every content seen under an id that contradicts itself. Rows never change.
CREATE TABLE conflict_version (
    side          TEXT NOT NULL,   -- fee, receipt, txn
    source        TEXT NOT NULL,   -- source of a transaction, cash for a receipt, empty for a fee
    id            TEXT NOT NULL,   -- id of the row
    dossier       TEXT NOT NULL,   -- dossier of a fee, else empty
    night         TEXT NOT NULL,   -- the day that told it; empty for a txn
    says          TEXT NOT NULL,   -- the version, for a person
    amount_vnd    BIGINT NOT NULL, -- the largest amount known with it, dong
    business_date TEXT NOT NULL,   -- the day it counts under
    PRIMARY KEY (side, source, id, dossier, night, says)
);

-- How complete each day of each feed is. May change: state, never away from complete.
CREATE TABLE feed_day (
    source TEXT NOT NULL, -- the feed
    day    TEXT NOT NULL, -- the day
    state  TEXT NOT NULL, -- complete, late, partial, missing, refused
    PRIMARY KEY (source, day)
);
CREATE INDEX feed_day_incomplete ON feed_day (source, day) WHERE state <> 'complete';

-- Which orders were asked about on which night. May change: answered, within the night.
CREATE TABLE probe (
    source   TEXT NOT NULL,   -- the probed source
    order_id TEXT NOT NULL,   -- the order
    night    TEXT NOT NULL,   -- the night
    answered BIGINT NOT NULL CHECK (answered IN (0, 1)), -- 0 keeps it on the list
    PRIMARY KEY (source, order_id, night)
);

-- Archived bytes: evidence, no business state. Rows never change.
CREATE TABLE raw (
    sha256  TEXT NOT NULL,   -- 64 hex over the bytes as received
    source  TEXT NOT NULL,   -- where they came from
    what    TEXT NOT NULL,   -- request or file name, without secrets
    bytes   BIGINT NOT NULL, -- size as received
    at_wall TEXT NOT NULL,   -- when they came
    PRIMARY KEY (sha256, source, what)
);

-- ---------------------------------------------------------------- what people decided

-- The book of decisions, append-only, each entry sealed with the one before. May change:
-- decided_night.
CREATE TABLE decision (
    seq           BIGINT NOT NULL, -- place in the book, from 1
    side          TEXT NOT NULL,   -- fee, receipt, txn: the row decided upon
    source        TEXT NOT NULL,   -- source of a transaction, cash for a receipt, empty for a fee
    id            TEXT NOT NULL,   -- id of the row
    dossier       TEXT NOT NULL,   -- dossier of a fee, else empty
    dossier_code  TEXT,            -- belongs to or names; NULL: none
    night         TEXT NOT NULL,   -- counts from this night on
    action        TEXT NOT NULL,   -- JSON: the ruling, undo, or to whom it is assigned
    amount_vnd    BIGINT NOT NULL, -- the row's amount at that time, dong
    class         TEXT NOT NULL,   -- the row's class at that time
    decided_by    TEXT NOT NULL,   -- who
    reason        TEXT NOT NULL,   -- why
    at_wall       TEXT NOT NULL,   -- when
    seal_wall     TEXT NOT NULL,   -- 64 hex over the seal before and this entry
    decided_night TEXT NOT NULL,   -- the night that first applied it
    PRIMARY KEY (seq)
);
CREATE INDEX decision_decided ON decision (decided_night);
CREATE INDEX decision_row ON decision (side, source, id);

-- ---------------------------------------------------------------- what the nights decided

-- Runs. May change: state.
CREATE TABLE run (
    run_id         TEXT NOT NULL,   -- <business date>-<12 hex>-<version>
    business_date  TEXT NOT NULL,   -- the night
    version        BIGINT NOT NULL CHECK (version >= 1), -- of the night
    state          TEXT NOT NULL CHECK (state IN ('published', 'superseded')),
    replaces       TEXT,            -- the run it replaces; NULL: the first
    input_digest   TEXT NOT NULL,   -- over canonical inputs and source facts
    rules_digest   TEXT NOT NULL,   -- over rules and program version
    output_digest  TEXT NOT NULL,   -- over the settlement
    exit_codes     TEXT NOT NULL,   -- JSON array, the deciding one first
    program        TEXT NOT NULL,   -- version of the program
    pulled_ms_wall BIGINT NOT NULL, -- the pull by which freshness was judged; not state
    sources_json   TEXT NOT NULL,   -- source facts
    run_json       TEXT NOT NULL,   -- run.json as published
    files_json     TEXT NOT NULL,   -- JSON: name and sha256 of every published file, in the archive
    calibration_json TEXT NOT NULL, -- JSON: the margin used, and pairs of payments with a hidden code
    published_wall TEXT NOT NULL,   -- when it was published
    PRIMARY KEY (run_id)
);
CREATE UNIQUE INDEX run_version ON run (business_date, version);
CREATE UNIQUE INDEX run_published ON run (business_date) WHERE state = 'published';

-- The class of every row. Entries of a night are replaced together; else only until changes.
CREATE TABLE row_state (
    side          TEXT NOT NULL,   -- fee, receipt, txn
    source        TEXT NOT NULL,   -- source of a transaction, cash for a receipt, empty for a fee
    id            TEXT NOT NULL,   -- id of the row
    dossier       TEXT NOT NULL,   -- dossier of a fee, else empty
    night         TEXT NOT NULL,   -- holds from this night
    until         TEXT NOT NULL,   -- up to, not including, this one
    run_id        TEXT NOT NULL,   -- the run that decided it
    class         TEXT NOT NULL,   -- class id; ok: in order
    severity      TEXT NOT NULL,   -- info, warn, action
    bucket        TEXT NOT NULL,   -- matched, open, rejected, excluded
    open          BIGINT NOT NULL CHECK (open IN (0, 1)), -- 1: every night looks at it again
    amount_vnd    BIGINT NOT NULL, -- money at risk, dong
    dossier_code  TEXT,            -- belongs to or names; NULL: none
    business_date TEXT NOT NULL,   -- the day it counts under
    evidence      TEXT NOT NULL,   -- JSON array
    nearest       TEXT NOT NULL,   -- JSON array
    also          TEXT NOT NULL,   -- JSON array of class ids
    exception_id  TEXT,            -- 16 hex; NULL: in order
    content       TEXT NOT NULL,   -- 16 hex over the columns from class on
    PRIMARY KEY (side, source, id, dossier, night)
);
CREATE INDEX row_state_night ON row_state (night);
CREATE INDEX row_state_open ON row_state (until) WHERE open = 1;
CREATE INDEX row_state_exception ON row_state (exception_id) WHERE exception_id IS NOT NULL;

-- Match groups. Entries of a night are replaced together; else only until changes.
CREATE TABLE match_group (
    group_id         TEXT NOT NULL,   -- 16 hex over its rows
    night            TEXT NOT NULL,   -- holds from this night
    until            TEXT NOT NULL,   -- up to, not including, this one
    live             BIGINT NOT NULL CHECK (live IN (0, 1)), -- 0: ended
    run_id           TEXT NOT NULL,   -- the run that decided it
    pass             TEXT NOT NULL,   -- the pass that decided it
    score            BIGINT NOT NULL, -- 0-1000
    margin           BIGINT,          -- 0-1000; NULL: deterministic pass
    evidence         TEXT NOT NULL,   -- JSON array
    runner_up        TEXT,            -- JSON; NULL: none
    difference_class TEXT,            -- names what is left over; NULL: nothing
    difference_vnd   BIGINT,          -- paid less due, dong; NULL: nothing
    content          TEXT NOT NULL,   -- 16 hex over group and legs
    PRIMARY KEY (group_id, night)
);
CREATE INDEX match_group_night ON match_group (night);

-- Legs of the groups. Rows live and die with their group's entry.
CREATE TABLE match_leg (
    group_id     TEXT NOT NULL,   -- the group
    night        TEXT NOT NULL,   -- the group's entry
    seq          BIGINT NOT NULL, -- place in the group, from 0
    side         TEXT NOT NULL,   -- receipt, txn; fee: a member of a certified set
    source       TEXT NOT NULL,   -- the row's source
    id           TEXT NOT NULL,   -- the row's id
    dossier_code TEXT,            -- the dossier; NULL: a sighting of an open payment; a set's payment
    fee_id       TEXT,            -- the fee line; NULL: a sighting
    amount_vnd   BIGINT NOT NULL, -- allocated, dong; negative: money went back
    role         TEXT NOT NULL,   -- settles, surplus, refund, reversal, duplicate, sighting, member
    pass         TEXT NOT NULL,   -- the pass that decided the leg
    why          TEXT NOT NULL,   -- JSON: the evidence
    PRIMARY KEY (group_id, night, seq),
    FOREIGN KEY (group_id, night) REFERENCES match_group (group_id, night)
);
CREATE INDEX match_leg_money ON match_leg (side, source, id);
CREATE INDEX match_leg_fee ON match_leg (dossier_code, fee_id);

-- What each item adds to each definition. Entries of a night are replaced together; else only
-- until changes.
CREATE TABLE contribution (
    definition  TEXT NOT NULL,   -- definition id
    item        TEXT NOT NULL,   -- stable name of the item
    scope       TEXT NOT NULL,   -- empty: total, *: any agency, else an agency code
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
    PRIMARY KEY (definition, item, scope, night)
);
CREATE INDEX contribution_night ON contribution (night);
CREATE INDEX contribution_until ON contribution (until);
CREATE INDEX contribution_owner ON contribution (owner);
CREATE INDEX contribution_open ON contribution (until) WHERE firm = 0;

-- How each night changed the firm sums: derived from contribution (plus what begins, less what
-- ends), kept so that a year to date does not read the year. Rows of a night are replaced together.
CREATE TABLE firm_change (
    definition  TEXT NOT NULL,   -- definition id
    scope       TEXT NOT NULL,   -- as in contribution
    day         TEXT NOT NULL,   -- decides the period
    night       TEXT NOT NULL,   -- the night of the change
    numerator   BIGINT NOT NULL, -- the definition's unit
    denominator BIGINT NOT NULL, -- the definition's unit
    PRIMARY KEY (day, definition, scope, night)
);
CREATE INDEX firm_change_night ON firm_change (night);

-- The shares of every run. Rows never change.
CREATE TABLE kpi (
    run_id      TEXT NOT NULL,   -- the run
    definition  TEXT NOT NULL,   -- definition id
    scope       TEXT NOT NULL,   -- empty: total, else an agency code
    period      TEXT NOT NULL,   -- label
    period_from TEXT NOT NULL,   -- first day
    period_to   TEXT NOT NULL,   -- last day
    numerator   BIGINT NOT NULL, -- point figure
    denominator BIGINT NOT NULL, -- point figure
    low_num     BIGINT,          -- least share; NULL: no data
    low_den     BIGINT,          -- NULL with low_num
    high_num    BIGINT,          -- greatest share; NULL: no data
    high_den    BIGINT,          -- NULL with high_num
    outer_bound BIGINT NOT NULL CHECK (outer_bound IN (0, 1)), -- 1: bounds may be too wide
    enough_data BIGINT NOT NULL CHECK (enough_data IN (0, 1)), -- 0: a column is missing
    target_num  BIGINT,          -- target; NULL: none
    target_den  BIGINT,          -- NULL with target_num
    verdict     TEXT,            -- met, missed, undecided, no_data; NULL: no target
    deciding    TEXT NOT NULL,   -- JSON array of exception ids
    PRIMARY KEY (run_id, definition, scope, period),
    FOREIGN KEY (run_id) REFERENCES run (run_id)
);

-- Who may write: at most one row, overwritten by the next holder. No business state.
CREATE TABLE lease (
    name           TEXT NOT NULL,   -- always night
    holder         TEXT NOT NULL,   -- what it does
    pid            BIGINT NOT NULL, -- its process
    host           TEXT NOT NULL,   -- its host
    token          TEXT NOT NULL,   -- tells holders apart; empty: given back
    since_wall     TEXT NOT NULL,   -- taken at
    heartbeat_wall TEXT NOT NULL,   -- last sign of life
    PRIMARY KEY (name)
);
