//! `changes.csv`: what a version of a night changed against the one before, a row a change.

use std::io::{self, Write};

use super::Style;
use super::table::Table;
use crate::report::model::VersionChanges;

const CHANGES: [&str; 7] = [
    "kind",
    "became",
    "what",
    "before",
    "after",
    "amount_vnd",
    "cause",
];

/// The changes in the order of the page: its numbers, shares, totals, rules, sources, decisions,
/// rows, rejects, links, classes, exceptions, findings of the fee table, shares by agency.
pub fn write_changes(to: impl Write, changes: &VersionChanges, style: Style) -> io::Result<()> {
    let mut table = Table::new(to, style, &CHANGES)?;
    for section in &changes.sections {
        for line in &section.lines {
            table.text(section.kind);
            table.text(line.became.id());
            table.text(&line.what);
            table.text(&line.before);
            table.text(&line.after);
            match line.amount {
                Some(amount) => table.whole(amount.get()),
                None => table.number(""),
            }
            table.text(&line.cause);
            table.end_row()?;
        }
    }
    table.finish()
}
