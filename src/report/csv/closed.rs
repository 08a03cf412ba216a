//! `closed.csv`: the exceptions that are settled since the night before, a row each: how, and where
//! a person decided it by whom, when and why.

use std::io::{self, Write};

use super::Style;
use super::table::Table;
use crate::report::model::ClosedView;

/// The name of the file; a night has it where anything was settled.
pub const CLOSED: &str = "closed.csv";

const COLUMNS: [&str; 13] = [
    "exception_id",
    "class",
    "amount_vnd",
    "dossier_code",
    "row",
    "opened_on",
    "age_days",
    "outcome",
    "how",
    "ruling",
    "ruled_by",
    "ruled_on",
    "ruled_reason",
];

/// The rows in the order of the page: what is matched now first, of these the oldest.
pub fn write_closed(to: impl Write, closed: &[ClosedView], style: Style) -> io::Result<()> {
    let mut table = Table::new(to, style, &COLUMNS)?;
    for view in closed {
        table.text(view.id.as_str());
        table.text(&view.class);
        table.number(&view.amount.to_string());
        table.text(&view.dossier);
        table.text(&view.row);
        table.number(&view.opened_on.to_string());
        table.number(&view.age_days.to_string());
        table.text(view.outcome());
        table.text(&view.how);
        let ended = view.ended.as_ref();
        table.text(ended.map_or("", |ended| &ended.what));
        table.text(ended.map_or("", |ended| &ended.by));
        let on = ended.and_then(|ended| ended.on);
        table.number(&on.map_or_else(String::new, |on| on.to_string()));
        table.text(ended.map_or("", |ended| &ended.reason));
        table.end_row()?;
    }
    table.finish()
}
