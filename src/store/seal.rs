//! What a publication seals: a digest of every row that it decided, was decided with, or that its
//! night had read, as far as rows do not change afterwards. The list is a document of the run.

use serde_json::Value;

use super::StoreError;
use super::exec::{Bind, Tx};
use super::statement::{self as sql, Statement};
use crate::domain::ids::short_hash;

/// How the rows of a table belong to a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedAs {
    /// The night decided them; published again, it decides them anew.
    Decided,
    /// The night was the last that decided upon them; a later one may seal them again.
    Facts,
    /// Its pull had read them; more may come after it.
    Read,
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
    /// The column that says to which night a row belongs; empty where that needs more than one.
    pub marker: &'static str,
    /// How rows belong to it.
    pub kind: SealedAs,
    of_night: &'static Statement,
}

/// Every table whose rows a publication seals. Runs, decisions and the chain itself are sealed by
/// the chain; `firm_change` follows from `contribution`.
pub static SEALED: &[Sealed] = &[
    Sealed {
        table: "row_state",
        key: &["side", "source", "id", "dossier"],
        free: &["until"],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_ROW_STATE,
    },
    Sealed {
        table: "match_group",
        key: &["group_id"],
        free: &["until"],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_MATCH_GROUP,
    },
    Sealed {
        table: "match_leg",
        key: &["group_id", "seq"],
        free: &[],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_MATCH_LEG,
    },
    Sealed {
        table: "contribution",
        key: &["definition", "item", "scope"],
        free: &["until"],
        marker: "night",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_CONTRIBUTION,
    },
    Sealed {
        table: "kpi",
        key: &["definition", "scope", "period"],
        free: &[],
        marker: "",
        kind: SealedAs::Decided,
        of_night: &sql::SELECT_SEALED_KPI,
    },
    Sealed {
        table: "txn",
        key: &["source", "id"],
        free: &["decided_night"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_TXN,
    },
    Sealed {
        table: "fee_version",
        key: &["dossier_code", "fee_id", "content"],
        free: &["night", "said_last", "decided_night"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_FEE_VERSION,
    },
    Sealed {
        table: "order_version",
        key: &["provider", "order_id", "content"],
        free: &["night", "said_last", "decided_night"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_ORDER_VERSION,
    },
    Sealed {
        table: "receipt_version",
        key: &["receipt_id", "content"],
        free: &["night", "said_last", "decided_night"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_RECEIPT_VERSION,
    },
    Sealed {
        table: "reject_row",
        key: &["side", "source", "id"],
        free: &["decided_night"],
        marker: "decided_night",
        kind: SealedAs::Facts,
        of_night: &sql::SELECT_SEALED_REJECT_ROW,
    },
    Sealed {
        table: "export_file",
        key: &["source", "sha256", "name"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_EXPORT_FILE,
    },
    Sealed {
        table: "account_statement",
        key: &["source", "sha256", "name", "seq"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_ACCOUNT_STATEMENT,
    },
    Sealed {
        table: "statement_check",
        key: &["source", "sha256", "name", "seq"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_STATEMENT_CHECK,
    },
    Sealed {
        table: "conflict_version",
        key: &["side", "source", "id", "dossier", "night", "says"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_CONFLICT_VERSION,
    },
    Sealed {
        table: "feed_day",
        key: &["source", "day"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_FEED_DAY,
    },
    Sealed {
        table: "probe",
        key: &["source", "order_id", "night"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_PROBE,
    },
    Sealed {
        table: "agency_version",
        key: &["code", "valid_from", "night"],
        free: &[],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_AGENCY_VERSION,
    },
    Sealed {
        table: "dossier",
        key: &["dossier_code"],
        free: &["night"],
        marker: "",
        kind: SealedAs::Read,
        of_night: &sql::SELECT_SEALED_DOSSIER,
    },
];

/// The name of a row and 16 hex digits over its columns, in their order by name.
pub fn seal_of(sealed: &Sealed, row: &Value) -> (String, String) {
    let plain = |value: &Value| {
        let text = value.as_str();
        text.map_or_else(|| value.to_string(), str::to_owned)
    };
    let key = sealed.key.iter().map(|column| plain(&row[*column]));
    let key = key.collect::<Vec<_>>().join(" ");
    let columns = row.as_object().into_iter().flatten();
    let columns = columns.filter(|(name, _)| !sealed.free.contains(&name.as_str()));
    let mut columns: Vec<String> = columns
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    columns.sort();
    (key, short_hash(columns.join("\u{1f}").as_bytes(), 16))
}

/// The seals of a night as lines `table hash key`, sorted.
pub(super) async fn of_night(tx: &mut Tx, night: &str) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    for sealed in SEALED {
        for row in &tx.rows(sealed.of_night, &[Bind::Text(night)]).await? {
            let row = row.object()?;
            let (key, hash) = seal_of(sealed, &row);
            // a key may hold a line break
            let key = Value::String(key).to_string();
            lines.push(format!("{} {hash} {key}\n", sealed.table));
        }
    }
    lines.sort();
    Ok(lines.concat().into_bytes())
}
