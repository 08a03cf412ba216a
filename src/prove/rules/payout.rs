//! Bank lines that a person called a gateway's payout of its days, read again: the decision is
//! there, its parts are those that are told and add up to the line, and no day of which all rows
//! are at hand hands on more than it took in, all such lines together.

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, dong, name, text};
use super::excluded::Sums;
use super::spans::is_whole;
use crate::classify::Classified;
use crate::domain::{Day, Ruling, Txn, TxnKind, Vnd};
use crate::matching::Evidence;

/// True where a person is said to have decided it.
pub(super) fn is_ruled(row: &Classified) -> bool {
    let by = |why: &Evidence| matches!(why, Evidence::DecidedBy(..));
    row.evidence.iter().any(by)
}

pub(super) fn check(
    books: &Books,
    sums: &Sums,
    txn: &Txn,
    row: &Classified,
    findings: &mut Findings,
) {
    let Some((source, days)) = row.evidence.iter().find_map(Evidence::paid_out) else {
        return missing(row, "-", findings);
    };
    let ruled = |decision: &&crate::domain::Decision| match &decision.ruling {
        Ruling::Payout {
            source: of,
            days: parts,
        } => {
            let same = decision.row == row.key && decision.amount_then == txn.amount;
            same && of.as_str() == source && *parts == days
        }
        _ => false,
    };
    let is_ruled = books.inputs.decisions.iter().any(|d| ruled(&d));
    let sum: i128 = days.iter().map(|(_, part)| part.wide()).sum();
    let ordered = days.is_sorted_by(|a, b| a.0 < b.0);
    let is_line = txn.order_ref.is_none() && txn.kind == TxnKind::Payment;
    if !is_ruled || !ordered || !is_line || sum != txn.amount.wide() {
        return missing(row, &dong(sum), findings);
    }
    let tonight = books.inputs.business_date;
    for (day, _) in &days {
        let whole = tonight.is_none_or(|night| is_whole(books, night, *day));
        let took_in = sums.gross.get(&(source, *day)).copied().unwrap_or(0);
        let handed = handed_on(books, source, *day);
        if whole && handed > took_in {
            let what = text(
                "một ngày của cổng không trả nhiều hơn số đã thu",
                "a gateway's day hands on no more than it took in",
            );
            let (took_in, handed) = (dong(took_in), dong(handed));
            findings.add(Invariant::Rule, name(&row.key), what, took_in, handed);
        }
    }
}

/// What all lines that people decided hand on of a day.
fn handed_on(books: &Books, source: &str, day: Day) -> i128 {
    let said = books.money.iter().filter_map(|money| money.said);
    let lines = said.filter(|row| row.class == "batch_settlement" && is_ruled(row));
    let parts = lines.filter_map(|row| {
        let (of, days) = row.evidence.iter().find_map(Evidence::paid_out)?;
        (of == source).then_some(days)
    });
    let of_day = |(on, part): (Day, Vnd)| if on == day { part.wide() } else { 0 };
    parts.flatten().map(of_day).sum()
}

fn missing(row: &Classified, found: &str, findings: &mut Findings) {
    let what = text(
        "tiền cổng trả theo quyết định phải đúng quyết định và đúng số tiền của dòng",
        "a payout that a person decided is as decided, and adds up to its line",
    );
    findings.add(Invariant::Rule, name(&row.key), what, "decision", found);
}
