//! What is sealed beside the rows: the answers of sources, and where rows stood in them.

use std::collections::BTreeSet;

use super::super::StoreError;
use super::super::batch::batches;
use super::super::exec::{Bind, Tx};
use super::super::staged::{BETWEEN, Stage, staged_as};
use super::super::statement as sql;
use super::{Sealed, SealedAs, line, seal_of};

/// The answers that nights after `after` up to `night` read, and where their bytes came from, as
/// lines `table hash key`, sorted; each is held against the stage.
pub(in crate::store) async fn of_evidence(
    tx: &mut Tx,
    (night, after): (&str, &str),
    stage: &mut Stage,
) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    let binds = [Bind::Text(night), Bind::Text(after)];
    for evidence in EVIDENCE {
        for row in &tx.rows(evidence.of_night, &binds).await? {
            let row = row.object()?;
            let (key, hash) = seal_of(evidence, &row);
            stage.hold(evidence, &row, night, (String::new(), String::new()), None);
            lines.push(line(evidence.table, &hash, key));
        }
    }
    lines.sort();
    Ok(lines)
}

/// Where the rows stood that the pulls of the nights after `after` up to `night` stored, as lines
/// `table hash key`, sorted; each is held against the stage. What an earlier list holds is not told
/// again.
pub(in crate::store) async fn of_origins(
    tx: &mut Tx,
    (night, after): (&str, &str),
    stage: &mut Stage,
) -> Result<Vec<String>, StoreError> {
    let mut waiting = stage.waiting(ORIGIN.table, (night, after));
    let columns = ["side", "source", "id", "dossier"];
    let part = |key: &String| -> Vec<String> {
        let parts = key.split(BETWEEN).take(columns.len());
        parts.map(str::to_owned).collect()
    };
    let rows: BTreeSet<Vec<String>> = waiting.iter().map(part).collect();
    let keys = batches(&rows, |row, parts| {
        for (column, value) in columns.into_iter().zip(parts) {
            row.text(column, value);
        }
    });
    let mut lines = Vec::new();
    for row in &tx.rows_of_batches(&sql::SELECT_ORIGIN, &keys, &[]).await? {
        let row = row.object()?;
        if waiting.remove(&staged_as(&ORIGIN, &row).0) {
            let (key, hash) = seal_of(&ORIGIN, &row);
            stage.hold(&ORIGIN, &row, night, (String::new(), String::new()), None);
            lines.push(line(ORIGIN.table, &hash, key));
        }
    }
    stage.gone(ORIGIN.table, &waiting);
    lines.sort();
    Ok(lines)
}

/// Where rows stood in what told them.
pub static ORIGIN: Sealed = Sealed {
    table: "origin",
    key: &["side", "source", "id", "dossier", "told_by"],
    free: &[],
    told: &[],
    marker: "",
    kind: SealedAs::Read,
    of_night: &sql::DUMP_ORIGIN,
};

/// The form of the lists of answers that are written, as the chain tells it. Entries without it are
/// of programs that may have pulled without keeping the digest of what no list holds yet.
pub const EVIDENCE_FORM: u64 = 2;

/// Evidence: what sources answered, and where archived bytes came from.
pub static EVIDENCE: &[Sealed] = &[
    Sealed {
        table: "reading",
        key: &["night", "source", "seq"],
        free: &[],
        told: &[],
        marker: "night",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_READING,
    },
    Sealed {
        table: "raw",
        key: &["sha256", "source", "what"],
        free: &[],
        told: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_RAW,
    },
];
