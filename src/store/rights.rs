//! What the role of the nights may do in PostgreSQL, held against what the statements do.

use std::collections::BTreeSet;

use super::batch::batches;
use super::connect::Db;
use super::statement::{self as sql, STATEMENTS};
use super::{Store, StoreError};

/// A verb and the table that it is about.
type Right = (&'static str, &'static str);

impl Store {
    /// Fails where the role lacks a right that a statement of the program needs: PostgreSQL asks
    /// for it even where no row is touched, so each night would fail. A file has no roles.
    pub async fn assert_rights(&self) -> Result<(), StoreError> {
        if let Db::Sqlite { .. } = &self.db {
            return Ok(());
        }
        let needed = batches(needed(), |row, (verb, place)| {
            row.text("verb", verb).text("place", place);
        });
        let mut tx = self.begin_read().await?;
        let statement = &sql::SELECT_LACKING_RIGHT;
        let mut lacking = BTreeSet::new();
        for row in &tx.rows_of_batches(statement, &needed, &[]).await? {
            lacking.insert(format!("{} on {}", row.text("verb")?, row.text("place")?));
        }
        if lacking.is_empty() {
            return Ok(());
        }
        let lacking: Vec<String> = lacking.into_iter().collect();
        Err(StoreError::NoRight(lacking.join(", ")))
    }
}

/// Each verb and table of the statements of PostgreSQL.
fn needed() -> BTreeSet<Right> {
    let texts = STATEMENTS.iter().filter_map(|it| it.postgres().ok());
    texts.flat_map(rights_of).collect()
}

/// The verbs and tables of one statement; names that are no table (of parts of it) among them.
fn rights_of(text: &'static str) -> BTreeSet<Right> {
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let words: Vec<&str> = lines
        .flat_map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
        .filter(|word| !word.is_empty())
        .collect();
    let mut all = BTreeSet::new();
    let mut written = "";
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let after = words.get(at + 1).copied().unwrap_or_default();
        match (before.copied().unwrap_or_default(), *word) {
            ("DO", "UPDATE") => all.extend([("UPDATE", written)]),
            ("FOR", "UPDATE") | ("DISTINCT", "FROM") => {}
            (_, "UPDATE") => {
                written = after;
                all.extend([("UPDATE", after), ("SELECT", after)]);
            }
            (_, "INTO") => {
                written = after;
                all.extend([("INSERT", after)]);
            }
            ("DELETE", "FROM") => all.extend([("DELETE", after), ("SELECT", after)]),
            (_, "FROM" | "JOIN") => all.extend([("SELECT", after)]),
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_and_tables_of_statements_are_told() {
        let told = |text| rights_of(text).into_iter().collect::<Vec<_>>();
        let text = "-- UPDATE nothing\nUPDATE decision SET decided_night = $1\nWHERE night <= $1\n";
        assert_eq!(told(text), [("SELECT", "decision"), ("UPDATE", "decision")]);
        let text = "-- x\nINSERT INTO probe (a)\nSELECT a FROM n CROSS JOIN txn AS t\n\
                    ON CONFLICT (a) DO UPDATE SET a = excluded.a\n";
        let wanted = [
            ("INSERT", "probe"),
            ("SELECT", "n"),
            ("SELECT", "txn"),
            ("UPDATE", "probe"),
        ];
        assert_eq!(told(text), wanted);
        assert_eq!(
            told("-- x\nDELETE FROM staged\n"),
            [("DELETE", "staged"), ("SELECT", "staged")]
        );
        let all = needed();
        assert!(all.contains(&("UPDATE", "decision")) && all.contains(&("INSERT", "audit")));
        assert!(!all.contains(&("DELETE", "decision")) && !all.contains(&("UPDATE", "audit")));
    }
}
