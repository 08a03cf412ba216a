//! PURE: whether the running balances that a bank feed tells beside its rows follow from each
//! other. Each row leads from the balance before it to its own; where a row between two others is
//! missing, the way breaks. A finding is a warning: no row is refused for it.
//!
//! - Rows of several accounts, and of days that do not hang together, are ways of their own.
//! - Rows may come in any order: those of the same second, and banks that book late, break nothing.
//! - Nothing is said where a row that cannot be read, or contradicts itself, may stand between, at
//!   the ends of the window, where rows of other days may, and of a column that follows from
//!   nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::cells::moment;
use super::context::Cutoff;
use super::statement::loose;
use crate::domain::{Day, Moment, TxnKind};
use crate::source::Record;

/// Rows so near to an end of the window may belong among rows of the other side.
const EDGE_MS: i64 = 10 * 60_000;

/// A place where a row seems to be missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// The day of payment and the id of the row before it.
    pub after: (Day, Box<str>),
    /// Those of the row after it.
    pub before: (Day, Box<str>),
    /// What is missing between them: positive when money came in.
    pub amount: Decimal,
}

/// A row that leads from one balance to the next.
#[derive(Clone, Debug)]
struct Step<'r> {
    at: Moment,
    id: &'r str,
    before: Decimal,
    after: Decimal,
}

/// The rows of one account on days that hang together.
#[derive(Default)]
struct Run<'r> {
    steps: Vec<Step<'r>>,
    /// When rows were paid that say nothing.
    unknown: Vec<i64>,
}

/// Where the rows of a listing do not follow from each other. `whole` are the business days of
/// which every row is there.
pub fn breaks(records: &[Record], whole: &BTreeSet<Day>, cutoff: Cutoff) -> Vec<Break> {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for id in records.iter().filter_map(|record| record.id.as_deref()) {
        *ids.entry(id).or_default() += 1;
    }
    let spans = spans(whole);
    let mut runs: BTreeMap<(&str, (Day, Day)), Run<'_>> = BTreeMap::new();
    let mut lost: BTreeSet<&str> = BTreeSet::new();
    for record in records {
        let account = record.account.as_deref().unwrap_or_default();
        let at = record.time.as_deref();
        let at = at.and_then(|raw| moment("", raw, record.time_form).ok());
        let span = at.as_ref().and_then(|at| {
            let day = cutoff.business_date(at);
            let has = |(from, to): &&(Day, Day)| (*from..=*to).contains(&day);
            spans.iter().find(has)
        });
        let (Some(at), Some(span)) = (at, span) else {
            // where it stands among the others nobody knows
            lost.insert(account);
            continue;
        };
        let once = |id: &&str| ids.get(id) == Some(&1);
        let id = record.id.as_deref().filter(once);
        let run = runs.entry((account, *span)).or_default();
        match (id, balances(record)) {
            (Some(id), Some((before, after))) => run.steps.push(Step {
                at,
                id,
                before,
                after,
            }),
            _ => run.unknown.push(at.ms()),
        }
    }
    runs.retain(|(account, _), _| !lost.contains(account));
    let found = runs.into_iter().flat_map(|((_, (from, to)), run)| {
        let ends = [cutoff.start_ms(from), cutoff.start_ms(to.plus(1))];
        run.breaks(ends)
    });
    found.collect()
}

/// The first and last of days that follow on each other.
fn spans(days: &BTreeSet<Day>) -> Vec<(Day, Day)> {
    let mut spans: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, last)) if last.plus(1) == *day => *last = *day,
            _ => spans.push((*day, *day)),
        }
    }
    spans
}

/// The balances before and after a row; none where it does not tell them in whole dong.
fn balances(record: &Record) -> Option<(Decimal, Decimal)> {
    let whole = |text: &str| {
        let sum: Decimal = text.parse().ok()?;
        sum.is_integer().then_some(sum)
    };
    let after = whole(record.balance.as_deref()?)?;
    let amount = whole(record.amount.as_deref()?)?;
    let out = record.kind? == TxnKind::Debit;
    let amount = if out { -amount.abs() } else { amount };
    Some((after.checked_sub(amount)?, after))
}

impl Run<'_> {
    fn breaks(mut self, [start, end]: [i64; 2]) -> Vec<Break> {
        self.steps.sort_by_key(|step| step.at.ms());
        let mut ends = loose(self.steps.iter().map(|step| (step.before, step.after)));
        let mut begins = ends.clone();
        // the pieces of the way, by their first and last rows, in order of time
        let last = self.steps.iter().rev();
        let mut last: Vec<&Step> = last.filter(|s| took(&mut ends, s.after, 1)).collect();
        last.reverse();
        let first = self.steps.iter();
        let first: Vec<&Step> = first.filter(|s| took(&mut begins, s.before, -1)).collect();
        let links = self.steps.len().saturating_sub(last.len());
        if links + 1 < last.len() {
            return Vec::new();
        }
        let between = last.iter().zip(first.iter().skip(1));
        let told = between.filter(|(after, before)| {
            let (a, b) = (after.at.ms(), before.at.ms());
            let span = a.min(b)..=a.max(b);
            let inside = b >= start + EDGE_MS && a < end - EDGE_MS;
            inside && !self.unknown.iter().any(|at| span.contains(at))
        });
        let say = |step: &Step| (step.at.day(), step.id.into());
        let found = told.map(|(after, before)| Break {
            after: say(after),
            before: say(before),
            amount: before.before.saturating_sub(after.after),
        });
        found.collect()
    }
}

/// Takes one of the loose ends of a balance, where there is one of this sign.
fn took(loose: &mut BTreeMap<Decimal, i64>, balance: Decimal, sign: i64) -> bool {
    match loose.get_mut(&balance) {
        Some(n) if n.signum() == sign => {
            *n -= sign;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::TimeForm;

    /// Account, id, time, amount, balance after it.
    type Told<'t> = (&'t str, &'t str, &'t str, &'t str, &'t str);

    fn record(&(account, id, time, amount, balance): &Told<'_>) -> Record {
        let out = amount.starts_with('-');
        Record {
            account: Some(account.into()),
            id: Some(id.into()),
            time: Some(time.into()),
            time_form: TimeForm::IsoOrDay,
            amount: Some(amount.into()),
            kind: Some(if out {
                TxnKind::Debit
            } else {
                TxnKind::Payment
            }),
            balance: (!balance.is_empty()).then(|| balance.into()),
            ..Record::default()
        }
    }

    fn found(rows: &[Told<'_>], days: &[&str]) -> Vec<String> {
        let records: Vec<Record> = rows.iter().map(record).collect();
        let days = days.iter().map(|day| Day::parse(day).unwrap()).collect();
        let found = breaks(&records, &days, Cutoff::MIDNIGHT);
        let say = |b: &Break| format!("{}..{} {}", b.after.1, b.before.1, b.amount.normalize());
        found.iter().map(say).collect()
    }

    const DAYS: [&str; 2] = ["2022-12-04", "2022-12-05"];
    const WHOLE: [Told<'_>; 5] = [
        ("A", "1", "2022-12-04 09:00:00", "10", "110"),
        ("A", "2", "2022-12-04 15:00:00", "-30", "80"),
        ("A", "3", "2022-12-05 08:00:00", "5.00", "85.00"),
        ("A", "4", "2022-12-05 09:00:00", "7", "92"),
        ("A", "5", "2022-12-05 12:00:00", "9", "101"),
    ];

    #[test]
    fn a_missing_row_is_told_by_its_neighbours() {
        assert_eq!(found(&WHOLE, &DAYS), Vec::<String>::new());
        let without = |n: usize| {
            let mut rows = WHOLE.to_vec();
            rows.remove(n);
            found(&rows, &DAYS)
        };
        // at the ends nothing tells
        assert_eq!(without(0), Vec::<String>::new());
        assert_eq!(without(4), Vec::<String>::new());
        assert_eq!(without(1), ["1..3 -30"]);
        assert_eq!(without(3), ["3..5 7"]);
    }

    #[test]
    fn no_alarm_where_nothing_is_missing() {
        let none = |rows: &[Told<'_>], days: &[&str]| {
            assert_eq!(found(rows, days), Vec::<String>::new(), "{rows:?}");
        };
        let mut rows = WHOLE.to_vec();
        // another account between them, and a day that did not come
        rows.push(("B", "6", "2022-12-05 08:30:00", "1", "1"));
        rows.push(("B", "7", "2022-12-05 08:40:00", "1", "2"));
        none(&rows, &DAYS);
        none(&WHOLE[1..4], &["2022-12-04", "2022-12-06"]);
        let days = ["2022-12-03", "2022-12-05"];
        let apart = [
            ("A", "1", "2022-12-03 09:00:00", "10", "110"),
            ("A", "2", "2022-12-03 15:00:00", "-30", "80"),
            ("A", "4", "2022-12-05 09:00:00", "7", "92"),
            ("A", "5", "2022-12-05 12:00:00", "8", "100"),
        ];
        none(&apart, &days);
        // of one second, of days alone, and booked late
        let same = WHOLE.map(|(a, id, _, sum, to)| (a, id, "2022-12-05", sum, to));
        let reversed: Vec<Told<'_>> = same.into_iter().rev().collect();
        none(&reversed, &DAYS);
        let mut late = WHOLE;
        late[4].2 = "2022-12-04 10:00:00";
        none(&late, &DAYS);
        // a row without a balance, or told twice, or of a day ahead may stand between
        let mut bare = WHOLE;
        bare[1].4 = "";
        none(&bare, &DAYS);
        let mut twice = WHOLE.to_vec();
        twice.push(("A", "4", "2022-12-05 09:00:00", "9", "94"));
        none(&twice, &DAYS);
        let mut ahead = WHOLE;
        ahead[1].2 = "2023-01-14 15:00:00";
        none(&ahead, &DAYS);
        // beside midnight a row of the day after may stand between
        let midnight = [
            ("A", "1", "2022-12-05 22:00:00", "10", "110"),
            ("A", "2", "2022-12-05 23:00:00", "10", "120"),
            ("A", "3", "2022-12-05 23:59:57", "10", "130"),
            ("A", "4", "2022-12-05 23:59:59", "10", "145"),
        ];
        none(&midnight, &DAYS);
        // no running balance at all
        let same = WHOLE.map(|(a, id, at, sum, _)| (a, id, at, sum, "500"));
        none(&same, &DAYS);
    }
}
