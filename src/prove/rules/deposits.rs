//! Counter cash of several days that was banked in one line, read again: every day of the span with
//! receipts is in it, the sums are exact and in time, no day alone is as much, and no day of it was
//! banked by another line.

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, dong, name, text};
use super::excluded::{Sums, in_window};
use crate::classify::Classified;
use crate::domain::{Day, Txn, Vnd};
use crate::matching::Evidence;

/// The agency and the days that a row tells of.
pub(super) fn told(row: &Classified) -> Option<(&str, &[(Day, Vnd)])> {
    row.evidence.iter().find_map(|why| match why {
        Evidence::DepositOfDays(agency, days, _) => Some((&**agency, &**days)),
        _ => None,
    })
}

pub(super) fn check(
    books: &Books,
    sums: &Sums,
    txn: &Txn,
    row: &Classified,
    findings: &mut Findings,
) {
    let Some((agency, days)) = told(row) else {
        return;
    };
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else {
        return;
    };
    let within = sums.desks.iter();
    let within = within.filter(|((of, day), _)| *of == agency && (*first..=*last).contains(day));
    let within: Vec<(Day, i128)> = within.map(|((_, day), (_, sum))| (*day, *sum)).collect();
    let parts: Vec<(Day, i128)> = days.iter().map(|(day, sum)| (*day, sum.wide())).collect();
    let sum: i128 = within.iter().map(|(_, sum)| sum).sum();
    let timely = days
        .iter()
        .all(|(day, _)| in_window(txn, *day, books.rules.deposit_days));
    let alone = |((_, day), (_, sum)): (&(&str, Day), &(u32, i128))| {
        *sum == txn.amount.wide() && in_window(txn, *day, books.rules.deposit_days)
    };
    let single = sums.desks.iter().any(alone);
    let again = books.money.iter().filter_map(|money| money.said);
    let again = again.filter(|other| other.key != row.key);
    let again = again
        .flat_map(|other| &other.evidence)
        .any(|why| match why {
            Evidence::DepositOf(of, day, _) => **of == *agency && is_in(days, *day),
            Evidence::DepositOfDays(of, theirs, _) => {
                **of == *agency && theirs.iter().any(|(day, _)| is_in(days, *day))
            }
            _ => false,
        });
    let exact = within == parts && sum == txn.amount.wide() && parts.len() > 1;
    if !exact || !timely || single || again || txn.order_ref.is_some() {
        let what = text(
            "phải đúng bằng tổng biên lai các ngày liền nhau của một cơ quan, trong hạn",
            "it is the exact sum of an agency's receipts of days behind each other, in time",
        );
        let found = dong(txn.amount.wide());
        findings.add(Invariant::Rule, name(&row.key), what, dong(sum), found);
    }
}

fn is_in(days: &[(Day, Vnd)], day: Day) -> bool {
    days.iter().any(|(own, _)| *own == day)
}
