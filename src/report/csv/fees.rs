//! `fee_findings.csv`: what the fee table says of fee lines: findings, and the zeros it explains.

use std::io::{self, Write};

use super::Style;
use super::table::Table;
use crate::domain::FeeChecks;
use crate::report::model::every_fee;

/// The name of the file.
pub const FEE_FINDINGS: &str = "fee_findings.csv";

const HEADER: [&str; 15] = [
    "dossier_code",
    "fee_id",
    "fee_kind",
    "procedure_code",
    "agency_code",
    "received_on",
    "filing_channel",
    "collection_mode",
    "amount_vnd",
    "finding",
    "severity",
    "due",
    "used",
    "legal_basis",
    "detail",
];

/// A row a fee line that the table does not simply confirm, in byte order of (dossier, line).
pub fn write_fee_findings(to: impl Write, checks: &FeeChecks, style: Style) -> io::Result<()> {
    let mut table = Table::new(to, style, &HEADER)?;
    for fee in every_fee(checks, style.lang, |_| String::new()) {
        table.text(&fee.dossier);
        table.text(&fee.fee_id);
        table.text(fee.kind);
        table.text(&fee.procedure);
        table.text(&fee.agency_code);
        table.number(&fee.received_on.to_string());
        table.text(fee.channel);
        table.text(fee.mode);
        table.number(&fee.amount.get().to_string());
        table.text(fee.word);
        table.text(if fee.is_finding { "warn" } else { "info" });
        table.text(&fee.due);
        table.text(&fee.used);
        table.text(&fee.basis);
        let detail = if fee.advice.is_empty() {
            fee.label
        } else {
            format!("{}. {}", fee.label, fee.advice)
        };
        table.text(&detail);
        table.end_row()?;
    }
    table.finish()
}
