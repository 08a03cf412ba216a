//! Bank lines that were taken for several days of a gateway together, read again: every day of the
//! span that has rows is in it, the sums are exact, nothing else of that gateway is as much, and no
//! day of it was paid out by another line.

use super::super::books::{Books, Money};
use super::super::violation::{Findings, Invariant, dong, name, text};
use super::excluded::Sums;
use crate::classify::Classified;
use crate::domain::{Day, Txn, Vnd};
use crate::matching::Evidence;

/// The span that a row tells of.
pub(super) fn told(row: &Classified) -> Option<(&str, &[(Day, Vnd)])> {
    row.evidence.iter().find_map(|why| match why {
        Evidence::BatchOfDays(source, days, _) => Some((&**source, &**days)),
        _ => None,
    })
}

/// True while a night reads every gateway payment of the day: three days off or more in a row do
/// not count as days of the window.
pub(in crate::prove) fn is_whole(books: &Books, night: Day, day: Day) -> bool {
    let off = |day: Day| books.rules.days_off.contains(&day);
    let three = |first: Day| first.until(first.plus(3)).all(off);
    let between = day.until(night);
    let counted = between.filter(|day| !(0..3).any(|n| three(day.minus(n))));
    let window = usize::try_from(books.rules.window_days).unwrap_or(usize::MAX);
    counted.take(window.saturating_add(1)).count() <= window
}

/// So few days of work lie from the day to the line that it may hand it on.
fn in_time(books: &Books, day: Day, on: Day) -> bool {
    let working = day
        .until(on)
        .filter(|day| !books.rules.days_off.contains(day));
    let most = usize::try_from(books.rules.batch_days).unwrap_or(usize::MAX);
    day <= on && working.take(most.saturating_add(1)).count() <= most
}

pub(super) fn batch(
    books: &Books,
    sums: &Sums,
    txn: &Txn,
    row: &Classified,
    findings: &mut Findings,
) {
    let Some((source, days)) = told(row) else {
        return;
    };
    let span: Vec<Day> = days.iter().map(|(day, _)| *day).collect();
    let parts: Vec<i128> = days.iter().map(|(_, sum)| sum.wide()).collect();
    let all = readings(books, sums, source, txn);
    let is_span = all.contains(&(span.clone(), parts));
    let only = all.iter().all(|(days, _)| *days == span);
    let again = books
        .money
        .iter()
        .any(|other| paid_again(other, row, source, &span));
    if !is_span || !only || again || txn.order_ref.is_some() {
        let what = text(
            "phải đúng bằng tổng thực nhận các ngày liền nhau của một cổng, không còn cách \
             hiểu khác",
            "it is the exact net sum of days of one gateway behind each other, with no other \
             reading",
        );
        let named = |days: &[Day], sum: i128| {
            let ends = days.first().zip(days.last());
            ends.map_or_else(String::new, |(first, last)| {
                format!("{first}..{last}: {}", dong(sum))
            })
        };
        let expected = all
            .iter()
            .map(|(days, parts)| named(days, parts.iter().sum()));
        let expected: Vec<String> = expected.collect();
        let found = named(&span, txn.amount.wide());
        findings.add(
            Invariant::Rule,
            name(&row.key),
            what,
            expected.join("|"),
            found,
        );
    }
}

/// Another line hands on one of these days too.
fn paid_again(other: &Money, row: &Classified, source: &str, days: &[Day]) -> bool {
    let Some(said) = other.said.filter(|said| said.key != row.key) else {
        return false;
    };
    said.evidence.iter().any(|why| match why {
        Evidence::BatchOf(of, day, _) => **of == *source && days.contains(day),
        Evidence::BatchOfDays(of, theirs, _) => {
            **of == *source && theirs.iter().any(|(day, _)| days.contains(day))
        }
        _ => false,
    })
}

/// The days of a gateway whose sum a line is, with the sum of each: one day with two payments or
/// more, or days behind each other, of which the first and the last moved money.
fn readings(books: &Books, sums: &Sums, source: &str, txn: &Txn) -> Vec<(Vec<Day>, Vec<i128>)> {
    let tonight = books.inputs.business_date;
    let days: Vec<(Day, u32, &Vec<i128>)> = sums
        .gateways
        .iter()
        .filter(|((of, day), _)| *of == source && in_time(books, *day, txn.paid_on))
        .filter(|((_, day), _)| tonight.is_none_or(|night| is_whole(books, night, *day)))
        .map(|((_, day), (payments, nets))| (*day, *payments, nets))
        .collect();
    let mut found = Vec::new();
    for way in 0..=books.rules.net_rates.len() {
        for first in 0..days.len() {
            for last in first..days.len() {
                let run = &days[first..=last];
                let parts: Vec<i128> = run.iter().map(|(_, _, nets)| nets[way]).collect();
                let payments: u32 = run.iter().map(|(_, payments, _)| payments).sum();
                let moved = parts.first() != Some(&0) && parts.last() != Some(&0);
                if payments >= 2 && moved && parts.iter().sum::<i128>() == txn.amount.wide() {
                    found.push((run.iter().map(|(day, ..)| *day).collect(), parts));
                }
            }
        }
    }
    found
}
