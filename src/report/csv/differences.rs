//! What one provider's rows differ by, for that provider: codes, days, amounts and classes, and no
//! name, memo or account.

use std::io::{self, Write};

use super::Style;
use super::table::Table;
use crate::domain::ProviderRow;

/// A row with its words.
#[derive(Clone, Debug)]
pub struct DifferenceRow<'a> {
    /// The row.
    pub row: &'a ProviderRow,
    /// Its kind.
    pub kind: String,
    /// Its class.
    pub label: String,
}

const DIFFERENCES: [&str; 9] = [
    "day",
    "txn_id",
    "order_ref",
    "dossier_code",
    "kind",
    "class",
    "difference",
    "amount_vnd",
    "bank_ref",
];

/// The rows as they come.
pub fn write_differences<'a>(
    to: impl Write,
    rows: impl Iterator<Item = DifferenceRow<'a>>,
    style: Style,
) -> io::Result<()> {
    let mut table = Table::new(to, style, &DIFFERENCES)?;
    for DifferenceRow { row, kind, label } in rows {
        table.number(&row.business_date.to_string());
        table.text(&row.id);
        table.text(row.order_ref.as_deref().unwrap_or_default());
        table.text(row.dossier.as_deref().unwrap_or_default());
        table.text(&kind);
        table.text(&row.class);
        table.text(&label);
        table.whole(row.amount.get());
        table.text(row.bank_ref.as_deref().unwrap_or_default());
        table.end_row()?;
    }
    table.finish()
}
