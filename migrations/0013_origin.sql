-- What leads from a row to the line that told it.

-- Where each row stood in the bytes that told it. Evidence, no business state, and in no list of seals: the bytes are, and the line
-- holds the record. Written in the transaction of its row; the first telling stays. Rows never change. Rows from before this table have none.
CREATE TABLE origin (
    side    TEXT NOT NULL,   -- fee, receipt, txn
    source  TEXT NOT NULL,   -- source of a transaction, cash for a receipt, empty for a fee
    id      TEXT NOT NULL,   -- id of the row
    dossier TEXT NOT NULL,   -- dossier of a fee, else empty
    told_by TEXT NOT NULL,   -- of a version, 16 hex of its file_sha256; reject; empty for a transaction
    sha256  TEXT NOT NULL,   -- 64 hex over the bytes as received: in raw
    name    TEXT NOT NULL,   -- file name, or the request that brought them, without secrets
    line    BIGINT NOT NULL CHECK (line > 0), -- line, or position in the answer, from 1
    PRIMARY KEY (side, source, id, dossier, told_by)
);
