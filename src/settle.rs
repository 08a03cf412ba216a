//! Pure: `settle(inputs, rules, prior) -> Settlement`, the only place that knows
//! match -> classify -> measure. `match`, `run` and the tests are all IO around it.

use serde::Serialize;
use thiserror::Error;

use crate::classify::{Classified, classify};
pub use crate::domain::{Inputs, NetRate, Rules};
use crate::kpi::facts::Facts;
use crate::kpi::{Contribution, DEFINITIONS, Definition, PriorSum, Share, measure};
use crate::matching::pool::Pool;
use crate::matching::{MatchGroup, Suggestion, groups};

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
    /// Pairings that a person might accept.
    pub suggestions: Vec<Suggestion>,
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

/// Matches, classifies and measures. Without periods in the rules the whole input is one period.
pub fn settle(inputs: &Inputs, rules: &Rules, prior: &Prior) -> Result<Settlement, SettleError> {
    let mut sorted = inputs.clone();
    sorted.sort();
    let pool = Pool::new(&sorted, rules);
    let desk = crate::matching::run(&pool);
    let rows = classify(&desk);
    let count =
        sorted.rejects.len() + sorted.fees.len() + sorted.txns.len() + sorted.receipts.len();
    if rows.len() != count {
        return Err(SettleError::NotConserved {
            rows: count,
            classified: rows.len(),
        });
    }
    let groups = groups::groups(&desk);
    conserved(&pool, &groups)?;
    let facts = Facts::new(&desk, &rows);
    // a night keeps what every definition counts, so that one asked for later has its history
    let keeps = |definition: &&Definition| {
        sorted.business_date.is_some() || measure::is_wanted(rules, definition)
    };
    let mut contributions: Vec<Contribution> = DEFINITIONS
        .iter()
        .filter(keeps)
        .flat_map(|definition| (definition.contributions)(&facts))
        .collect();
    if let Some(start) = rules.start {
        let since = |contribution: Contribution| contribution.since(start);
        contributions = contributions.into_iter().filter_map(since).collect();
    }
    contributions.sort();
    let suggestions = crate::matching::suggest::suggestions(&desk);
    let shares = if rules.periods.is_empty() {
        let whole = Rules {
            periods: vec![measure::whole(&contributions)],
            ..rules.clone()
        };
        measure(&sorted, &whole, prior, &contributions)
    } else {
        measure(&sorted, rules, prior, &contributions)
    };
    Ok(Settlement {
        groups,
        rows,
        contributions,
        shares,
        suggestions,
    })
}

/// No payment is used beyond its amount, and no fee holds less than nothing or more than is due.
fn conserved(pool: &Pool, groups: &[MatchGroup]) -> Result<(), SettleError> {
    use crate::domain::{RowKey, Side};
    use crate::matching::Role;
    use std::collections::BTreeMap;
    let legs = || groups.iter().flat_map(|group| &group.legs);
    let mut money: BTreeMap<&RowKey, i128> = BTreeMap::new();
    let mut lines: BTreeMap<RowKey, i128> = BTreeMap::new();
    for leg in legs() {
        if matches!(leg.role, Role::Settles | Role::Surplus) {
            *money.entry(&leg.money).or_default() += leg.amount.wide();
        }
        if let (Some(dossier), Some(fee)) = (&leg.dossier_code, &leg.fee_id)
            && leg.role != Role::Surplus
        {
            *lines.entry(RowKey::fee(dossier, fee)).or_default() += leg.amount.wide();
        }
    }
    let beyond = |row: &RowKey, allocated, amount| SettleError::UsedTwice {
        row: format!("{} {} {}", row.side.id(), row.source, row.id),
        allocated,
        amount,
    };
    for (key, allocated) in money {
        let amount = if key.side == Side::Txn {
            let at = (key.source.as_str(), &*key.id);
            let found = pool
                .inputs
                .txns
                .binary_search_by(|t| (t.source.as_str(), &*t.id).cmp(&at));
            found.ok().map_or(0, |i| pool.inputs.txns[i].amount.wide())
        } else {
            let found = pool
                .inputs
                .receipts
                .binary_search_by(|r| (*r.receipt_id).cmp(&*key.id));
            found
                .ok()
                .map_or(0, |i| pool.inputs.receipts[i].amount.wide())
        };
        if allocated > amount {
            return Err(beyond(key, allocated, amount));
        }
    }
    for fee in &pool.inputs.fees {
        let held = lines.get(&fee.key()).copied().unwrap_or(0);
        if held < 0 || held > fee.amount.wide() {
            return Err(beyond(&fee.key(), held, fee.amount.wide()));
        }
    }
    Ok(())
}
