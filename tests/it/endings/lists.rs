//! The lists that decide a verdict say that their rows, settled at best (at worst), prove it.
//! Random days on which a verdict is open: of all words that can be said about the rows of a list,
//! and about no other row, some lead to that verdict. And no shorter list of rows that stand for
//! themselves would do.

use std::cell::Cell;
use std::collections::BTreeSet;

use doisoat::domain::{Day, ExceptionId, Fraction, Inputs, Moment, RowKey, Rules, Side, Target};
use doisoat::kpi::{Contribution, Scope, Share, Verdict};
use doisoat::settle::{Settlement, settle};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::steps::Scene;
use crate::settle_properties::day::{ADay, a_day};
use crate::settle_properties::settings::year;

/// Longer lists are not walked: each row has several ways.
const ROWS_MAX: usize = 4;
/// At most so many ends of one list are looked at.
const ENDS_MAX: usize = 600;

/// One target for each definition that counts money or events.
fn rules(target: Fraction) -> Rules {
    let of = |definition: &str| Target {
        definition: definition.into(),
        share: target,
        valid_from: Day::of_ms(0),
        valid_to: None,
    };
    Rules {
        periods: vec![year()],
        targets: super::DEFINITIONS.map(of).into(),
        ..Rules::default()
    }
}

fn total<'s>(settled: &'s Settlement, definition: &str) -> &'s Share {
    let mut shares = settled.shares.iter();
    let mine = |s: &&Share| s.definition == definition && s.agency.is_none() && s.cell.is_none();
    shares.find(mine).unwrap()
}

/// Looks for an end at which the verdict is this one.
struct Search<'s> {
    rules: &'s Rules,
    definition: &'s str,
    wanted: Verdict,
    ends: usize,
}

impl Search<'_> {
    /// True where some words about these rows lead there, or where too many ways are left.
    fn found(&mut self, day: &Inputs, rows: &[RowKey]) -> bool {
        let settled = settle(day, self.rules, &Vec::new()).unwrap();
        if total(&settled, self.definition).verdict == Some(self.wanted) {
            return true;
        }
        self.ends += 1;
        if self.ends > ENDS_MAX {
            return true;
        }
        let scene = Scene {
            day,
            settled: &settled,
        };
        let open = scene.open();
        for (at, key) in rows.iter().enumerate() {
            let Some(row) = open.iter().find(|row| row.key == *key) else {
                continue;
            };
            let mut rest = rows.to_vec();
            rest.remove(at);
            for (said, mut next) in scene.ways(row) {
                // each at a moment of its own: two of one dossier are two cash events
                let later = 60_000 * i64::try_from(next.receipts.len()).unwrap();
                if let Some(cash) = next.receipts.last_mut().filter(|_| said.ends_with("cash")) {
                    cash.collected_at = Moment::of_ms(cash.collected_at.ms() + later);
                }
                if self.found(&next, &rest) {
                    return true;
                }
            }
        }
        false
    }
}

/// The rows of a list, where words are known for each of them, whichever way it turns out: of a
/// line that is paid by the registry's word alone only that it was not.
fn keys(day: &Inputs, settled: &Settlement, list: &[ExceptionId]) -> Option<Vec<RowKey>> {
    let open: BTreeSet<RowKey> = {
        let scene = Scene { day, settled };
        scene
            .open()
            .into_iter()
            .map(|row| row.key.clone())
            .collect()
    };
    let key = |id: &ExceptionId| {
        let mut rows = settled.rows.iter();
        let row = rows.find(|row| row.exception_id.as_ref() == Some(id))?;
        let word = row.key.side == Side::Fee && !row.class.starts_with("missing");
        if word {
            return None;
        }
        open.contains(&row.key).then(|| row.key.clone())
    };
    list.iter().map(key).collect()
}

/// What each item moves, once its rows are settled: to the better, and to the worse. None where
/// items hang on each other: then their sums are not the bounds.
type Gains = Vec<(BTreeSet<ExceptionId>, [i128; 2])>;

fn gains(settled: &Settlement, share: &Share) -> Option<Gains> {
    let target = share.target?;
    let worth = |(a, b): &(i64, i64)| target.den * i128::from(*a) - target.num * i128::from(*b);
    let mine = |c: &&Contribution| c.definition == share.definition && c.scope == Scope::Total;
    let mut gains = Vec::new();
    for item in settled.contributions.iter().filter(mine) {
        let Some(ways) = item.within(&share.period) else {
            continue;
        };
        if item.coupled || ways.iter().any(|(a, b)| *a < 0 || *b < 0) {
            return None;
        }
        // where it stands while it is open: in the least share, and in the greatest
        let none = || ways.iter().find(|pair| **pair == (0, 0));
        let cash = || ways.iter().filter(|(a, b)| *a == 0 && *b > 0);
        let paid = || ways.iter().filter(|(a, _)| *a > 0);
        let least = cash().max().or_else(none).or_else(|| paid().min())?;
        let most = paid().max().or_else(none).or_else(|| cash().min())?;
        let best = ways.iter().map(worth).max()?;
        let worst = ways.iter().map(worth).min()?;
        let rows: BTreeSet<ExceptionId> = item.exceptions.iter().cloned().collect();
        gains.push((rows, [best - worth(least), worth(most) - worst]));
    }
    gains.retain(|(rows, _)| !rows.is_empty());
    Some(gains)
}

/// True where no fewer rows than those of the list move as much as is needed.
fn is_shortest(settled: &Settlement, share: &Share, list: &[ExceptionId], way: usize) -> bool {
    let Some((gains, target)) = gains(settled, share).zip(share.target) else {
        return true;
    };
    let Some((low, high)) = share.low.zip(share.high) else {
        return true;
    };
    let needed = match way {
        0 => target.num * low.den - target.den * low.num,
        _ => target.den * high.num - target.num * high.den + 1,
    };
    let all: BTreeSet<&ExceptionId> = gains.iter().flat_map(|(rows, _)| rows).collect();
    let all: Vec<&ExceptionId> = all.into_iter().collect();
    let moved = |rows: &dyn Fn(&ExceptionId) -> bool| -> i128 {
        let mine = gains.iter().filter(|(own, _)| own.iter().all(rows));
        mine.map(|(_, gain)| gain[way]).sum()
    };
    let own = moved(&|id| list.contains(id)) >= needed;
    let fewer = |bits: &u32| usize::try_from(bits.count_ones()).unwrap() < list.len();
    let shorter = (0_u32..1 << all.len().min(12)).filter(fewer).any(|bits| {
        let picked = |id: &ExceptionId| {
            let at = all.iter().position(|known| *known == id);
            at.is_some_and(|at| at < 12 && bits >> at & 1 == 1)
        };
        moved(&picked) >= needed
    });
    own && !shorter
}

/// The number of lists that were walked, or one that does not hold.
fn holds(day: &Inputs, target: Fraction) -> Result<usize, String> {
    let mut walked = 0;
    let rules = rules(target);
    let settled = settle(day, &rules, &Vec::new()).unwrap();
    for definition in super::DEFINITIONS {
        let share = total(&settled, definition);
        if !share.deciding.proved {
            continue;
        }
        let lists = [
            (Verdict::Met, &share.deciding.met),
            (Verdict::Missed, &share.deciding.missed),
        ];
        for (way, (wanted, list)) in lists.into_iter().enumerate() {
            if !list.is_empty() && !is_shortest(&settled, share, list, way) {
                return Err(format!(
                    "{definition} {wanted:?}: {list:?} is not the shortest"
                ));
            }
            let keys = keys(day, &settled, list).filter(|_| !list.is_empty());
            let Some(keys) = keys.filter(|keys| keys.len() <= ROWS_MAX) else {
                continue;
            };
            walked += 1;
            let mut search = Search {
                rules: &rules,
                definition,
                wanted,
                ends: 0,
            };
            if !search.found(day, &keys) {
                let keys: Vec<&str> = keys.iter().map(|key| &*key.id).collect();
                let bounds = (share.low, share.high, share.outer);
                return Err(format!(
                    "{definition} {keys:?} do not prove {wanted:?} of {target:?}: {bounds:?}"
                ));
            }
        }
    }
    Ok(walked)
}

/// Random days and targets; enough of them have lists that are said to prove something.
#[test]
fn what_is_listed_proves_the_verdict() {
    let looked_at = Cell::new(0);
    // few days have one that is short enough to be walked
    let config = super::config();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: config.cases * 16,
        ..config
    });
    let days = (a_day(), 1_i128..8);
    let held = runner.run(&days, |(ADay(day), n)| {
        let target = Fraction { num: n, den: 8 };
        let lists = holds(&day, target);
        let lists = lists.map_err(|why| TestCaseError::fail(format!("{why}{:?}", ADay(day))))?;
        looked_at.set(looked_at.get() + lists);
        Ok(())
    });
    assert!(held.is_ok(), "{}", held.unwrap_err());
    assert!(looked_at.get() >= 5, "{} lists", looked_at.get());
}
