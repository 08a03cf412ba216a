//! What a publication seals: a digest of every row that it decided, was decided with, or that its
//! pulls had read. Columns that a later night may change are told beside it, and the newest list
//! that names a row holds for them. The list is a document of the run.
//!
//! Answers of sources, and where rows stood in them, are no business state: they stand in lists of
//! their own, which only the chain of runs names.

mod evidence;
mod list;

pub use evidence::{EVIDENCE, EVIDENCE_FORM, ORIGIN};
pub(super) use evidence::{of_evidence, of_origins};
pub use list::SealList;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::StoreError;
use super::batch::batches;
use super::codec::write_key;
use super::exec::{Bind, Tx};
use super::staged::{BETWEEN, Stage};
use super::statement::{self as sql, Statement};
use crate::domain::Conflict;
use crate::domain::ids::short_hash;

/// The form of the lists that are written: the first line of a list says it. Lists without that
/// line are of form 1: they know no [`Sealed::told`], no table `decision`, and only rows of the
/// night's own day of the tables that tell which night read a row.
pub const FORM: u32 = 2;
/// The first line of a list of this form.
const HEAD: &str = "form 2 \"\"\n";

/// How the rows of a table belong to a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedAs {
    /// The night decided them; published again, it decides them anew.
    Decided,
    /// The night was the last that decided upon them; a later one may seal them again.
    Facts,
    /// Its pulls had read them, and they never change.
    Read,
    /// Its pulls had read them; a later pull may tell them otherwise, and names its own night.
    Told,
}

/// What is sealed of one table.
#[derive(Debug)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// The columns that name a row.
    pub key: &'static [&'static str],
    /// Columns that may change later.
    pub free: &'static [&'static str],
    /// Those of them whose values a list tells in the open; [`FORM`] 1 knew none.
    pub told: &'static [&'static str],
    /// The column that says to which night a row belongs; empty where that needs more than one.
    pub marker: &'static str,
    /// How rows belong to it.
    pub kind: SealedAs,
    pub(super) of_night: &'static Statement,
}

impl Sealed {
    /// True for entries that begin with a night and hold until the next one.
    pub fn is_entry(&self) -> bool {
        self.kind == SealedAs::Decided && self.marker == "night"
    }
}

/// Every table whose rows a publication seals. Runs and the chain itself are sealed by the chain;
/// `firm_change` follows from `contribution`, and `until` from the entry that follows.
pub static SEALED: &[Sealed] = &[
    Sealed {
        table: "row_state",
        key: &["side", "source", "id", "dossier"],
        free: &["until"],
        told: &[],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_ROW_STATE,
    },
    Sealed {
        table: "match_group",
        key: &["group_id"],
        free: &["until"],
        told: &[],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_MATCH_GROUP,
    },
    Sealed {
        table: "match_leg",
        key: &["group_id", "seq"],
        free: &[],
        told: &[],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_MATCH_LEG,
    },
    Sealed {
        table: "contribution",
        key: &["definition", "item", "scope"],
        free: &["until"],
        told: &[],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_CONTRIBUTION,
    },
    Sealed {
        table: "kpi",
        key: &["definition", "scope", "period"],
        free: &[],
        told: &[],
        marker: "",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_KPI,
    },
    Sealed {
        table: "txn",
        key: &["source", "id"],
        free: &["decided_night"],
        told: &[],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_TXN,
    },
    Sealed {
        table: "fee_version",
        key: &["dossier_code", "fee_id", "content"],
        free: &["night", "said_last", "decided_night"],
        told: &["night", "said_last"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_FEE_VERSION,
    },
    Sealed {
        table: "order_version",
        key: &["provider", "order_id", "content"],
        free: &["night", "said_last", "decided_night"],
        told: &["night", "said_last"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_ORDER_VERSION,
    },
    Sealed {
        table: "receipt_version",
        key: &["receipt_id", "content"],
        free: &["night", "said_last", "decided_night"],
        told: &["night", "said_last"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_RECEIPT_VERSION,
    },
    Sealed {
        table: "reject_row",
        key: &["side", "source", "id"],
        free: &["decided_night"],
        told: &[],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_REJECT_ROW,
    },
    Sealed {
        table: "decision",
        key: &["seq"],
        free: &["decided_night"],
        told: &[],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_DECISION,
    },
    Sealed {
        table: "export_file",
        key: &["source", "sha256", "name"],
        free: &[],
        told: &[],
        marker: "night",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_EXPORT_FILE,
    },
    Sealed {
        table: "account_statement",
        key: &["source", "sha256", "name", "seq"],
        free: &[],
        told: &[],
        marker: "night",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_ACCOUNT_STATEMENT,
    },
    Sealed {
        table: "statement_check",
        key: &["source", "sha256", "name", "seq"],
        free: &[],
        told: &[],
        marker: "night",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_STATEMENT_CHECK,
    },
    Sealed {
        table: "conflict_version",
        key: &["side", "source", "id", "dossier", "night", "says"],
        free: &[],
        told: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_CONFLICT_VERSION,
    },
    Sealed {
        table: "feed_day",
        key: &["source", "day"],
        free: &["night"],
        told: &["state", "night"],
        marker: "night",
        kind: SealedAs::Told,
        of_night: &sql::SELECT_SEALED_FEED_DAY,
    },
    Sealed {
        table: "probe",
        key: &["source", "order_id", "night"],
        free: &[],
        told: &["answered"],
        marker: "night",
        kind: SealedAs::Told,
        of_night: &sql::SELECT_SEALED_PROBE,
    },
    Sealed {
        table: "agency_version",
        key: &["code", "valid_from", "night"],
        free: &[],
        told: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_AGENCY_VERSION,
    },
    Sealed {
        table: "dossier",
        key: &["dossier_code"],
        free: &["night"],
        told: &["night"],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_DOSSIER,
    },
];

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    let text = value.as_str();
    text.map_or_else(|| value.to_string(), str::to_owned)
}

/// The name of a row in a list.
pub fn name_of(sealed: &Sealed, row: &Value) -> String {
    let key = sealed.key.iter().map(|column| plain(&row[*column]));
    key.collect::<Vec<_>>().join(" ")
}

/// The name of a row and 16 hex digits over its columns, in their order by name.
pub fn seal_of(sealed: &Sealed, row: &Value) -> (String, String) {
    let key = name_of(sealed, row);
    (key, digest(row, |name| sealed.free.contains(&name)))
}

/// A name as it stands in front of its value.
fn ended(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().chain([b'='])
}

/// 16 hex digits over the columns of a row that are not `left_out`: `name=value`, the value as
/// JSON, sorted, U+001F between them.
pub(super) fn digest(row: &Value, left_out: impl Fn(&str) -> bool) -> String {
    let columns = row.as_object().into_iter().flatten();
    let mut columns: Vec<_> = columns.filter(|(name, _)| !left_out(name)).collect();
    // as `name=value` would be sorted: no two names are the same
    columns.sort_unstable_by(|(a, _), (b, _)| ended(a).cmp(ended(b)));
    let mut text = String::new();
    for (at, (name, value)) in columns.into_iter().enumerate() {
        if at > 0 {
            text.push(BETWEEN);
        }
        text.push_str(name);
        text.push('=');
        // writing to a text does not fail
        let _ = write!(text, "{value}");
    }
    short_hash(text.as_bytes(), 16)
}

/// What a list tells in the open of a row: its name there, and the values; none for a table that
/// has nothing to tell. One content may count from several nights: the day that told it is part
/// of the name.
pub fn told_of(sealed: &Sealed, row: &Value) -> Option<(String, String)> {
    if sealed.told.is_empty() {
        return None;
    }
    let named = sealed.key.iter().copied();
    let named = named.chain(row.get("told").map(|_| "told"));
    let key: Vec<String> = named.map(|column| plain(&row[column])).collect();
    let values: Vec<String> = sealed
        .told
        .iter()
        .map(|column| plain(&row[*column]))
        .collect();
    Some((key.join(" "), values.join("/")))
}

/// One line; a key may hold a line break.
fn line(table: &str, hash: &str, key: String) -> String {
    format!("{table} {hash} {}\n", Value::String(key))
}

/// The seals of a night as lines `table hash key` after the head, sorted; what is told in the open
/// as `table+ values key`. `after` is the published night before it. Each row is held against the
/// stage.
pub(super) async fn of_night(
    tx: &mut Tx,
    (night, after): (&str, &str),
    contested: &[Conflict],
    stage: &mut Stage,
) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    let binds = [Bind::Text(night), Bind::Text(after)];
    for sealed in SEALED {
        let binds = binds.get(..sealed.of_night.binds).unwrap_or(&binds);
        let mut rows = tx.rows(sealed.of_night, binds).await?;
        if sealed.table == "conflict_version" {
            let keys = batches(contested, |row, conflict| {
                write_key(row, &conflict.key);
            });
            rows.extend(
                tx.rows_of_batches(&sql::SELECT_CONFLICT_BY_ROW, &keys, &[])
                    .await?,
            );
        }
        for row in &rows {
            let row = row.object()?;
            let (key, hash) = seal_of(sealed, &row);
            let told = told_of(sealed, &row);
            let named = (key.clone(), hash.clone());
            stage.hold(sealed, &row, night, named, told.clone());
            let mine = sealed.kind != SealedAs::Facts || row[sealed.marker] == night;
            lines.extend(mine.then(|| line(sealed.table, &hash, key)));
            if let Some((key, values)) = told {
                lines.push(line(&format!("{}+", sealed.table), &values, key));
            }
        }
    }
    lines.sort();
    lines.dedup();
    lines.insert(0, HEAD.to_owned());
    Ok(lines.concat().into_bytes())
}

/// The entries that the run wrote as of a later night, so that what that night decided stands:
/// lines `table@night hash key`, sorted.
pub(super) async fn of_later(
    tx: &mut Tx,
    night: &str,
    run_id: &str,
) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    let mut groups = BTreeSet::new();
    for sealed in SEALED.iter().filter(|sealed| sealed.is_entry()) {
        for row in &tx.rows(sealed.of_night, &[Bind::Text(night)]).await? {
            let row = row.object()?;
            let group = (sealed.key.first() == Some(&"group_id")).then(|| plain(&row["group_id"]));
            let mine = match &group {
                Some(group) if sealed.table == "match_leg" => groups.contains(group),
                _ => row["run_id"] == run_id,
            };
            if mine {
                groups.extend(group);
                let (key, hash) = seal_of(sealed, &row);
                lines.push(line(&as_of(sealed.table, night), &hash, key));
            }
        }
    }
    lines.sort();
    Ok(lines.concat().into_bytes())
}

/// What lists call entries of a later night.
pub fn as_of(table: &str, night: &str) -> String {
    format!("{table}@{night}")
}
