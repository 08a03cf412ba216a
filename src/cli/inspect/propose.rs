//! The `[[source]]` that makes the nights read such a file.

use std::fmt::Write;

use super::Inspection;
use crate::normalise::statement::number_of;

/// A source of statements: of the account, where the file tells one.
pub(super) fn statement(file: &Inspection) -> String {
    let mut accounts: Vec<Box<str>> = file
        .statements
        .iter()
        .filter_map(|found| found.account.as_deref())
        .map(number_of)
        .filter(|number| !number.is_empty())
        .collect();
    accounts.dedup();
    let only = match accounts.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    // the name of a source stands in logs and reports, a number of an account must not
    let end = only.map(|number| {
        let number = number.to_lowercase();
        let from = number.len().saturating_sub(4);
        number.get(from..).unwrap_or_default().to_owned()
    });
    let name = end.map_or_else(|| "bank".into(), |end| format!("bank-{end}"));
    let mut out = head(&name, "statement");
    if let Some(number) = only {
        // writing to a String cannot fail
        let _ = writeln!(out, "account = \"{number}\"");
    }
    out
}

/// A source of settlement files.
pub(super) fn settlement() -> String {
    head("settlement", "settlement")
}

/// A folder of the one-stop system's own exports.
pub(super) fn export() -> String {
    head("one-stop", "export")
}

fn head(name: &str, kind: &str) -> String {
    format!("[[source]]\nname = \"{name}\"\nkind = \"{kind}\"\npath = \"inbox/{name}\"\n")
}
