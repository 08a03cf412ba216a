//! What is sealed beside the rows: the answers of sources.

use super::super::StoreError;
use super::super::exec::{Bind, Tx};
use super::super::staged::Stage;
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
