//! Which days a file covers, and how complete a source of files is.
//!
//! - A file covers the days that it says it covers; without a word the days of its entries and the
//!   day in its name. A day that had not ended when the file was written is not covered.
//! - Days between two statements are covered when the second opens with the balance with which
//!   the first closed: no money moved.
//! - A day is complete when every account covers it that has told of a day within a month before.
//! - On a day of rest no file is due; one that covers it is read like any other.
//! - Nothing is asked for from before the first file.
//! - A day of which a statement is cut, or does not agree, is not whole ([`super::chain`]).

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::super::Stage;
use super::chain::{self, Covered, Finding};
use super::{absent, heal, surplus, trouble};
use crate::domain::source::Control;
use crate::domain::{Completeness, Day, SourceFacts, Vnd};
use crate::job::error::JobError;
use crate::normalise::statement::Account;
use crate::source::file::inbox::Found;
use crate::source::registry::day_in_name;
use crate::source::{FileRole, FileSource};
use crate::store::{AccountStatement, Delivery, FeedDay};

/// An account that told nothing for so many days is no longer waited for.
pub(super) const QUIET_DAYS: u32 = 31;
/// No file tells of more days.
const PERIOD_DAYS_MAX: u32 = 400;

/// The first and the last day that a file tells of, and the last that it tells in full.
pub(super) fn covered(
    stage: &Stage,
    files: &FileSource,
    found: &Found,
    account: &Account,
    is_last: bool,
) -> (Day, Day, Day) {
    let last_closed = stage.desk.last_closed_day().max(stage.night);
    let clues = Clues {
        period: account.period,
        days: span_of(&account.days, last_closed.plus(1)),
        named: day_in_name(&found.name).filter(|_| is_last || account.days.is_empty()),
        same_day: files
            .mapping
            .same_day
            .unwrap_or(files.role == FileRole::Statement),
        written: found.written_ms.map(Day::of_ms),
        night: stage.night,
        last_closed,
    };
    clues.covered()
}

/// The first and the last of the days that hang together, none later than `end`: a date that lies
/// apart by more than a month is a slip, and covers nothing.
fn span_of(days: &BTreeSet<Day>, end: Day) -> Option<(Day, Day)> {
    let mut back = days.range(..=end).rev().copied();
    let last = back.next()?;
    let near = |later: &mut Day, day: Day| {
        let apart = later.days_since(day) > i64::from(QUIET_DAYS);
        *later = day;
        (!apart).then_some(day)
    };
    let first = back.scan(last, near).last();
    Some((first.unwrap_or(last), last))
}

/// What there is to go by.
#[derive(Clone, Copy, Debug)]
struct Clues {
    period: Option<(Day, Day)>,
    days: Option<(Day, Day)>,
    named: Option<Day>,
    same_day: bool,
    written: Option<Day>,
    night: Day,
    last_closed: Day,
}

impl Clues {
    fn covered(&self) -> (Day, Day, Day) {
        let named = self
            .named
            .map(|day| if self.same_day { day } else { day.minus(1) });
        let (from, to) = match (self.period, self.days) {
            (Some((from, to)), Some((first, last))) => (from.min(first), to.max(last)),
            (Some(period), None) => period,
            (None, Some((first, last))) => {
                // a name that has nothing to do with the entries tells nothing
                let near =
                    named.filter(|day| (0..=i64::from(QUIET_DAYS)).contains(&day.days_since(last)));
                (first, near.unwrap_or(last))
            }
            (None, None) => {
                let day = named.unwrap_or(self.night);
                (day, day)
            }
        };
        let from = from.max(to.minus(PERIOD_DAYS_MAX));
        let ended = self.written.map_or(to, |day| day.minus(1));
        (from, to, to.min(self.last_closed).min(ended))
    }
}

/// Judges the source by everything that its files have told so far; a rerun judges alike.
pub(super) async fn facts(
    stage: &Stage,
    files: &FileSource,
    (spoiled, came): (bool, bool),
    mut troubles: Vec<String>,
) -> Result<SourceFacts, JobError> {
    let (store, name, night) = (&stage.desk.store, &stage.settings.name, stage.night);
    let window = night.minus(stage.settings.lookback_days);
    let older = store.incomplete_days(name).await?;
    let from = older.first().copied().unwrap_or(window).min(window);
    let told = store
        .statements(name, from.minus(QUIET_DAYS), night)
        .await?;
    let first = store.first_statement_day(name).await?.unwrap_or(night);
    let mut asked: BTreeSet<Day> = older.into_iter().filter(|day| *day < window).collect();
    let begin = first.max(window).min(night);
    asked.extend(
        std::iter::successors(Some(begin), |day| Some(day.plus(1))).take_while(|d| *d <= night),
    );
    let waited = |day: Day| !stage.desk.config.calendar.rests(day);
    let findings = chain::findings(&told, &waited);
    let covered = Covered::by(&told, &findings);
    let healed = |f: &Finding<'_>| heal::healed(f, &told, &findings).is_some();
    let standing: Vec<Finding<'_>> = findings.iter().copied().filter(|f| !healed(f)).collect();
    let all = (&*told, &*findings, &*standing);
    let compared = surplus::compare(stage, files, all, &asked).await?;
    let owner = chain::Owner::among(&told);
    let (past, findings): (Vec<Finding<'_>>, Vec<Finding<'_>>) = findings
        .iter()
        .copied()
        .partition(|f| healed(f) || compared.settles(owner, f));
    // a day of rest is due where a statement of it is not whole
    let mut flawed: BTreeSet<Day> = findings.iter().flat_map(Finding::span).collect();
    flawed.extend(compared.surplus.iter().map(|surplus| surplus.day));
    let is_whole = |day: &&Day| covered.is_whole(**day) && !flawed.contains(*day);
    let (whole, untold): (Vec<Day>, Vec<Day>) = asked.iter().partition(is_whole);
    let due = |day: &Day| waited(*day) || flawed.contains(day);
    let missing: Vec<Day> = untold.into_iter().filter(due).collect();
    save(stage, &whole, &missing).await?;
    let mut missing: Vec<Day> = store.incomplete_days(name).await?;
    missing.retain(|day| asked.contains(day) && due(day));
    // a statement of which every finding is of the past counts no more
    let stands = |s: &AccountStatement| !chain::is_in(&past, s) || chain::is_in(&findings, s);
    let is_tonight = |s: &AccountStatement| s.night == night || (s.from..=s.to).contains(&night);
    let tonight: Vec<&AccountStatement> =
        told.iter().filter(|s| is_tonight(s) && stands(s)).collect();
    // money that stands in no statement may be of a day of rest between two of them
    let of_night = |f: &Finding<'_>| is_tonight(f.statement) || f.span().any(|day| day == night);
    let found: Vec<&Finding<'_>> = findings.iter().filter(|f| of_night(f)).collect();
    let is_found = !(found.is_empty() && compared.surplus.is_empty());
    let silent = told.iter().all(|s| !(s.from..=s.to).contains(&night));
    let state = state_of(stage, (&asked, &missing), [spoiled, came, is_found, silent]);
    let mut facts = stage.facts(state);
    facts.control = control(&tonight);
    troubles.extend(trouble::of_findings(stage.desk.config.lang, &found));
    let lang = stage.desk.config.lang;
    troubles.extend(trouble::of_surplus(lang, files.role, &compared.surplus));
    troubles.extend(tonight.iter().filter_map(|s| trouble::of(stage, s)));
    if troubles.is_empty() && facts.state != Completeness::Complete {
        let of = (&*told, &*findings);
        troubles.extend(absent::said(stage, files, of, &missing).await?);
    }
    facts.missing_days = missing;
    if !troubles.is_empty() {
        facts.trouble = Some(troubles.join("; ").into());
    }
    let sum = |of: fn(&AccountStatement) -> u64| tonight.iter().map(|s| of(s)).sum();
    stage.judge_rejects(&mut facts, sum(|s| s.entries), sum(|s| s.rejects));
    Ok(facts)
}

/// A day once complete stays complete.
async fn save(stage: &Stage, whole: &[Day], missing: &[Day]) -> Result<(), JobError> {
    let state = |state: Completeness| move |day: &Day| FeedDay { day: *day, state };
    let days = whole.iter().map(state(Completeness::Complete));
    let days = days.chain(missing.iter().map(state(Completeness::Missing)));
    let delivery = Delivery {
        days: days.collect(),
        ..Delivery::default()
    };
    let (name, merge) = (&stage.settings.name, crate::normalise::merge);
    let store = &stage.desk.store;
    store
        .save_transactions(name, stage.night, &delivery, merge)
        .await?;
    Ok(())
}

/// `spoiled`: something in the folder could not be used; `came`: whole files lie there; `found`:
/// something that came tonight is not whole; `silent`: no file tells of the night.
fn state_of(
    stage: &Stage,
    (asked, missing): (&BTreeSet<Day>, &[Day]),
    [spoiled, came, found, silent]: [bool; 4],
) -> Completeness {
    let nothing = silent && missing.contains(&stage.night);
    if found {
        Completeness::Partial
    } else if missing.is_empty() && !spoiled {
        Completeness::Complete
    } else if spoiled && came {
        Completeness::Partial
    } else if missing.len() == asked.len() || (nothing && !spoiled) {
        // nothing came of the night, whatever did of days before: `facts` tells late from missing
        Completeness::Missing
    } else {
        Completeness::Partial
    }
}

/// Every day from the first to the last.
pub(super) fn span(from: Day, to: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| Some(day.plus(1))).take_while(move |day| *day <= to)
}

/// The files' own figures beside ours: money in by their balances.
fn control(tonight: &[&AccountStatement]) -> Option<Control> {
    let checked: Vec<_> = tonight.iter().filter(|s| s.gap.is_some()).collect();
    if checked.is_empty() {
        return None;
    }
    let dong = |sum: Decimal| Vnd::from_decimal(sum.round()).ok();
    let gaps = || checked.iter().filter_map(|s| s.gap);
    let lacking: Decimal = gaps().sum();
    // what one account lacks and another has too much of does not cancel out
    let apart: Decimal = gaps().map(|gap| gap.abs()).sum();
    let lacking = if lacking.abs() == apart {
        lacking
    } else {
        apart
    };
    let (mut held, mut entries) = (Vnd::ZERO, 0);
    for statement in &checked {
        held = held.checked_add(dong(statement.credits)?).ok()?;
        entries += statement.entries;
    }
    let expected = held.checked_add(dong(lacking)?).ok()?;
    Some(Control {
        expected_count: entries,
        expected_sum: Some(expected),
        count: entries,
        sum: held,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn december(n: u32) -> Day {
        Day::parse("2022-12-01").unwrap().plus(n - 1)
    }

    #[test]
    fn a_file_covers_what_it_tells() {
        let check = |period: [u32; 2],
                     days: [u32; 2],
                     named: u32,
                     same_day,
                     written: u32,
                     expected: [u32; 3]| {
            let some = |n: u32| (n > 0).then(|| december(n));
            let pair = |[from, to]: [u32; 2]| Some((some(from)?, some(to)?));
            let clues = Clues {
                period: pair(period),
                days: pair(days),
                named: some(named),
                same_day,
                written: some(written),
                night: december(8),
                last_closed: december(20),
            };
            let [from, to, whole] = expected.map(december);
            assert_eq!(clues.covered(), (from, to, whole), "{clues:?}");
        };
        // period, entries, name, T or T+1, written -> from, to, whole up to
        check([1, 5], [2, 4], 0, true, 30, [1, 5, 5]);
        check([0, 0], [2, 4], 0, true, 30, [2, 4, 4]);
        check([0, 0], [2, 4], 5, true, 30, [2, 5, 5]); // quiet until the day in the name
        check([0, 0], [4, 4], 5, false, 30, [4, 4, 4]); // T+1
        check([0, 0], [2, 2], 5, false, 30, [2, 4, 4]); // T+1 after a weekend
        check([0, 0], [0, 0], 5, true, 30, [5, 5, 5]);
        check([0, 0], [0, 0], 5, false, 30, [4, 4, 4]);
        check([0, 0], [0, 0], 0, true, 30, [8, 8, 8]);
        check([1, 5], [1, 5], 0, true, 5, [1, 5, 4]); // written on the fifth, before its end
        check([1, 25], [1, 5], 0, true, 30, [1, 25, 20]); // today has not closed
    }

    #[test]
    fn a_date_that_lies_apart_covers_nothing() {
        let check = |days: &[u32], expected: [u32; 2]| {
            let days = days.iter().map(|n| december(*n)).collect();
            let found = span_of(&days, december(60));
            assert_eq!(
                found,
                Some((december(expected[0]), december(expected[1]))),
                "{days:?}"
            );
        };
        check(&[5], [5, 5]);
        check(&[3, 5, 20], [3, 20]);
        check(&[3, 50, 52, 400], [50, 52]);
        assert_eq!(span_of(&BTreeSet::new(), december(60)), None);
    }
}
