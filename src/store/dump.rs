//! The canonical text of all business state. Two stores that went through the same operations give
//! the same text, whatever the database; a store killed at any instant and started again, too.

use std::collections::BTreeMap;

use serde_json::Value;

use super::statement as sql;
use super::{Store, StoreError};

/// Every table with business state; `lease`, `raw`, `reading`, `origin`, `staged` and `outbox`
/// hold none.
static TABLES: [&sql::Statement; 26] = [
    &sql::DUMP_AGENCY_VERSION,
    &sql::DUMP_DOSSIER,
    &sql::DUMP_FEE_VERSION,
    &sql::DUMP_ORDER_VERSION,
    &sql::DUMP_RECEIPT_VERSION,
    &sql::DUMP_EXPORT_FILE,
    &sql::DUMP_ACCOUNT_STATEMENT,
    &sql::DUMP_STATEMENT_CHECK,
    &sql::DUMP_TXN,
    &sql::DUMP_TXN_SPELLING,
    &sql::DUMP_REJECT_ROW,
    &sql::DUMP_CONFLICT_VERSION,
    &sql::DUMP_FEED_DAY,
    &sql::DUMP_PROBE,
    &sql::DUMP_DECISION,
    &sql::DUMP_RUN,
    &sql::DUMP_RUN_KEPT,
    &sql::DUMP_AUDIT,
    &sql::DUMP_CLOSING,
    &sql::DUMP_ROW_STATE,
    &sql::DUMP_MATCH_GROUP,
    &sql::DUMP_MATCH_LEG,
    &sql::DUMP_CONTRIBUTION,
    &sql::DUMP_FIRM_CHANGE,
    &sql::DUMP_FIRM_HALF,
    &sql::DUMP_KPI,
];

/// Tables of what nights decided, as [`Store::decided`] reads them.
static DECIDED: [&sql::Statement; 7] = [
    &sql::DUMP_ROW_STATE,
    &sql::DUMP_MATCH_GROUP,
    &sql::DUMP_MATCH_LEG,
    &sql::DUMP_CONTRIBUTION,
    &sql::DUMP_FIRM_CHANGE,
    &sql::DUMP_FIRM_HALF,
    &sql::DUMP_KPI,
];

/// Rows of tables as documents, by table name.
pub type Tables = BTreeMap<&'static str, Vec<Value>>;

impl Store {
    /// What every night decided, as it is stored: for whoever wants to read it against itself.
    pub async fn decided(&self) -> Result<Tables, StoreError> {
        self.tables(&DECIDED).await
    }

    /// Every table with business state.
    pub async fn everything(&self) -> Result<Tables, StoreError> {
        self.tables(&TABLES).await
    }

    async fn tables(&self, statements: &[&'static sql::Statement]) -> Result<Tables, StoreError> {
        let mut tx = self.begin_read().await?;
        let mut tables = Tables::new();
        for statement in statements {
            let table = statement.name.trim_start_matches("dump_");
            let mut rows = Vec::new();
            for row in tx.rows(statement, &[]).await? {
                let text = row.print()?;
                let document = serde_json::from_str(&text);
                rows.push(document.map_err(|error| StoreError::Corrupt {
                    what: table.to_owned(),
                    detail: error.to_string(),
                })?);
            }
            tables.insert(table, rows);
        }
        Ok(tables)
    }

    /// One line a row, `table {"column":value,...}`, the lines of a table in byte order; no wall
    /// clock.
    pub async fn dump(&self) -> Result<String, StoreError> {
        let mut tx = self.begin_read().await?;
        let mut dump = String::new();
        for statement in TABLES {
            let table = statement.name.trim_start_matches("dump_");
            let rows = tx.rows(statement, &[]).await?;
            let mut lines: Vec<String> = rows
                .iter()
                .map(|row| Ok(format!("{table} {}\n", row.print()?)))
                .collect::<Result<_, StoreError>>()?;
            lines.sort();
            dump.extend(lines);
        }
        Ok(dump)
    }
}
