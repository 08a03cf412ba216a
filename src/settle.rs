//! Pure: `settle(inputs, rules, prior) -> Settlement`, the only place that knows
//! match -> classify -> measure. `match`, `run` and the tests are all IO around it.

mod lean;

pub use crate::matching::credits::By;
pub use lean::{
    Lean, Plain, PlainDossier, PlainGroup, PlainLeg, PlainMoney, lean, lean_with, pool,
};

use std::borrow::Cow;
use std::panic::resume_unwind;

use rustc_hash::FxHashMap;
use serde::Serialize;
use thiserror::Error;

use crate::classify::{Classified, classify};
use crate::domain::{Grey, RowKey, Side};
pub use crate::domain::{Inputs, NetRate, Rules};
use crate::kpi::exact::Exact;
use crate::kpi::facts::Facts;
use crate::kpi::measure::{Made, Measured};
use crate::kpi::tally::Tally;
use crate::kpi::{self, Contribution, DEFINITIONS, Definition, PriorSum, Share, measure};
use crate::matching::desk::{Desk, Standing};
use crate::matching::lane::Lane;
use crate::matching::pool::Pool;
use crate::matching::{MatchGroup, Role, Suggestion, groups};

/// What one settlement says. Every list is sorted; the same inputs give the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// Who paid what, and why.
    pub groups: Vec<MatchGroup>,
    /// Every input row with its one class, by row key.
    pub rows: Vec<Classified>,
    /// What each item adds to each definition.
    pub contributions: Vec<Contribution>,
    /// The shares: definition, period, agencies before the total.
    pub shares: Vec<Share>,
    /// The share of the first target in the cells of each wanted breakdown, by period.
    pub breakdown: Vec<Share>,
    /// Pairings that a person might accept.
    pub suggestions: Vec<Suggestion>,
    /// How the grey zones of "without cash" counted.
    pub grey: Grey,
}

/// Firm sums of earlier nights, without the items of tonight's pool.
pub type Prior = Vec<PriorSum>;

/// Why a settlement cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettleError {
    /// A row was lost or invented: a defect of the program, nothing may be published.
    #[error("{rows} rows came in and {classified} have a class: the program lost or invented rows")]
    NotConserved {
        /// Rows that came in.
        rows: usize,
        /// Rows with a class.
        classified: usize,
    },
    /// A fee or payment was used beyond its amount: a defect of the program.
    #[error("{row} was used beyond its amount: the program allocated {allocated} of {amount} dong")]
    UsedTwice {
        /// The row.
        row: String,
        /// What legs take from it.
        allocated: i128,
        /// What it has.
        amount: i128,
    },
}

/// Which contributions a settlement keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Each: the nights to come take out what they decide again.
    Each,
    /// Those that may still end in several ways: the shares are the same.
    Open,
    /// The same, in no order: as far as shares cannot do with sums.
    Sums,
    /// Each but those of plain dossiers.
    Others,
}

/// Matches, classifies and measures. Without periods in the rules the whole input is one period.
pub fn settle(inputs: &Inputs, rules: &Rules, prior: &Prior) -> Result<Settlement, SettleError> {
    settle_keeping(inputs, rules, prior, Keep::Each)
}

/// The same, keeping these contributions.
pub fn settle_keeping(
    inputs: &Inputs,
    rules: &Rules,
    prior: &Prior,
    keep: Keep,
) -> Result<Settlement, SettleError> {
    let mut sorted = Cow::Borrowed(inputs);
    if !inputs.is_sorted() {
        sorted.to_mut().sort();
    }
    let pool = Pool::new(&sorted, rules);
    let desk = crate::matching::run(&pool, Lane::Closed);
    // neither of the two looks at the other
    let (classes, groups) = std::thread::scope(|threads| {
        let groups = threads.spawn(|| {
            let groups = groups::groups(&desk);
            conserved(&desk, &groups).map(|()| groups)
        });
        let classes = classify(&desk);
        let groups = groups.join();
        (classes, groups.unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let groups = groups?;
    let count =
        sorted.rejects.len() + sorted.fees.len() + sorted.txns.len() + sorted.receipts.len();
    if classes.rows.len() != count {
        return Err(SettleError::NotConserved {
            rows: count,
            classified: classes.rows.len(),
        });
    }
    let facts = Facts::new(&desk, &classes);
    let each = kpi::looks_at_each(rules).then_some(Keep::Each);
    let exact = Exact::new(&facts);
    let (mut contributions, settled) = contributions(&facts, each.unwrap_or(keep), &exact);
    drop(facts);
    kpi::break_down(&sorted, rules, &groups, &mut contributions);
    let suggestions = crate::matching::suggest::suggestions(&desk);
    let rows = classes.rows;
    let made = Made {
        contributions: &contributions,
        settled: &settled,
        exact: &exact,
        rows: &rows,
    };
    let measured = measured(&sorted, rules, prior, &made);
    Ok(Settlement {
        groups,
        rows,
        contributions,
        shares: measured.shares,
        breakdown: measured.breakdown,
        suggestions,
        grey: rules.grey.clone(),
    })
}

/// The shares of every period; without periods in the rules the whole input is one.
fn measured(inputs: &Inputs, rules: &Rules, prior: &Prior, made: &Made) -> Measured {
    if !rules.periods.is_empty() {
        return measure(inputs, rules, prior, made);
    }
    let whole = Rules {
        periods: vec![measure::whole(made.contributions, made.settled)],
        ..rules.clone()
    };
    measure(inputs, &whole, prior, made)
}

/// What every item adds: the contributions kept, and the sums of the others. What is resolved adds
/// nothing on its own, so it is kept.
fn contributions<'e>(
    facts: &Facts<'_, 'e>,
    keep: Keep,
    exact: &'e Exact,
) -> (Vec<Contribution>, Vec<(&'static str, Tally<'e>)>) {
    let (start, periods) = (facts.pool.rules.start, &facts.pool.rules.periods);
    let tally = |definition: &'static Definition| {
        let mut tally = match keep {
            Keep::Each => Tally::of_each(),
            // what would decide a target is looked for among single items
            Keep::Sums if facts.pool.rules.targets.is_empty() => {
                Tally::of_sums(start, periods, exact).with_open()
            }
            Keep::Others => Tally::of_sums(start, periods, exact).with_others(),
            Keep::Open | Keep::Sums => Tally::of_sums(start, periods, exact),
        };
        (definition.contributions)(facts, &mut tally);
        (definition.id, tally)
    };
    // a night keeps what every definition counts, so that one asked for later has its history
    let night = facts.pool.inputs.business_date.is_some();
    let keeps = |of: &&Definition| night || measure::is_wanted(facts.pool.rules, of);
    let kept: Vec<&'static Definition> = DEFINITIONS.iter().filter(keeps).collect();
    let (first, second) = kept.split_at(kept.len() / 2);
    let mut tallies = std::thread::scope(|threads| {
        let second = threads.spawn(|| second.iter().copied().map(tally).collect::<Vec<_>>());
        let mut tallies: Vec<_> = first.iter().copied().map(tally).collect();
        let second = second.join();
        tallies.append(&mut second.unwrap_or_else(|panic| resume_unwind(panic)));
        tallies
    });
    let mut contributions = Vec::new();
    for (_, tally) in &mut tallies {
        contributions.append(&mut tally.items);
    }
    if let Some(start) = start {
        let since = |contribution: Contribution| contribution.since(start);
        contributions = contributions.into_iter().filter_map(since).collect();
    }
    if keep != Keep::Sums {
        contributions.sort();
    }
    (contributions, tallies)
}

/// No payment is used beyond its amount, and no fee holds less than nothing or more than is due.
fn conserved(desk: &Desk, groups: &[MatchGroup]) -> Result<(), SettleError> {
    let pool = desk.pool;
    let mut money: FxHashMap<(Side, &str, &str), i128> = FxHashMap::default();
    let mut lines: Vec<i128> = vec![0; pool.inputs.fees.len()];
    for leg in groups.iter().flat_map(|group| &group.legs) {
        if matches!(leg.role, Role::Settles | Role::Surplus) {
            let key = (leg.money.side, leg.money.source.as_str(), &*leg.money.id);
            *money.entry(key).or_default() += leg.amount.wide();
        }
        if let (Some(dossier), Some(fee)) = (&leg.dossier_code, &leg.fee_id)
            && leg.role != Role::Surplus
        {
            let named = pool.find(dossier);
            if let Some(place) = named.and_then(|named| pool.fee_with(named, fee)) {
                lines[place] += leg.amount.wide();
            }
        }
    }
    let beyond = |row: &RowKey, allocated, amount| SettleError::UsedTwice {
        row: format!("{} {} {}", row.side.id(), row.source, row.id),
        allocated,
        amount,
    };
    let plain = |standing: &Standing| matches!(standing, Standing::Plain(_));
    for (txn, standing) in pool.inputs.txns.iter().zip(&desk.txns) {
        if plain(standing) {
            continue;
        }
        let used = money.remove(&(Side::Txn, txn.source.as_str(), &*txn.id));
        let used = used.unwrap_or(0);
        if used > txn.amount.wide() {
            return Err(beyond(&txn.key(), used, txn.amount.wide()));
        }
    }
    for (receipt, standing) in pool.inputs.receipts.iter().zip(&desk.receipts) {
        if plain(standing) {
            continue;
        }
        let used = money.remove(&(Side::Receipt, "cash", &*receipt.receipt_id));
        let used = used.unwrap_or(0);
        if used > receipt.amount.wide() {
            return Err(beyond(&receipt.key(), used, receipt.amount.wide()));
        }
    }
    // what is left was never there
    money.retain(|_, used| *used > 0);
    if let Some((side, source, id)) = money.keys().min() {
        return Err(SettleError::UsedTwice {
            row: format!("{} {source} {id}", side.id()),
            allocated: money.values().sum(),
            amount: 0,
        });
    }
    for (fee, held) in pool.inputs.fees.iter().zip(lines) {
        if held < 0 || held > fee.amount.wide() {
            return Err(beyond(&fee.key(), held, fee.amount.wide()));
        }
    }
    Ok(())
}
