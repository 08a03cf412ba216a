//! The checks of what gateways hold.

use crate::report::xlsx::Book;
use crate::report::xlsx::gateways::{
    CHAIN_STAGE, DAY_DUE, DAY_HELD, DAY_RECEIVED, HELD_CLOSING, HELD_OLDER, HELD_PAID, HELD_REST,
    chain_sum,
};
use crate::report::xlsx::looks::Look;

use super::{Check, Places};

pub(super) fn checks(book: &Book<'_>, places: &Places<'_>) -> Vec<Check> {
    let (Some(held), Some([rows, days, chain])) = (&book.report.held, places.gateways) else {
        return Vec::new();
    };
    let mut list = Vec::new();
    let mut add = |part: [&str; 2], program, (formula, found)| {
        let [heading, part] = part.map(|key| book.t(key));
        list.push(Check {
            what: format!("{heading} – {part}: {}", book.t("column-sum")),
            program,
            formula,
            found,
            look: Look::Money,
        });
    };
    let paid = held.rows.iter().map(|row| row.paid.sum_vnd).sum();
    let rest = held.rows.iter().map(|row| row.rest()).sum();
    add(["held-heading", "held-paid"], paid, rows.sum(HELD_PAID));
    let closing = held.closing();
    add(
        ["held-heading", "held-closing"],
        closing,
        rows.sum(HELD_CLOSING),
    );
    add(["held-heading", "column-rest"], rest, rows.sum(HELD_REST));
    let due = held.days.iter().map(|day| day.due).sum();
    add(["ledger-heading", "ledger-due"], due, days.sum(DAY_DUE));
    let received = held.days.iter().map(|day| day.received()).sum();
    let found = days.sum(DAY_RECEIVED);
    add(["ledger-heading", "batch-received"], received, found);
    // a period tells none of the days before its first night
    if book.report.period.is_none() {
        let (of_days, older) = (days.sum(DAY_HELD), rows.sum(HELD_OLDER));
        let found = (format!("{}+{}", of_days.0, older.0), of_days.1 + older.1);
        add(["ledger-heading", "held-closing"], closing, found);
    }
    let stages = held.chain.iter().enumerate().take(chain.rows).skip(1);
    for (nth, row) in stages.filter(|(_, row)| row.stage.is_total()) {
        let found = (chain.cell(CHAIN_STAGE, nth), chain_sum(&held.chain, nth));
        add(
            ["chain-heading", row.stage.key()],
            row.figure.sum_vnd,
            found,
        );
    }
    list
}
