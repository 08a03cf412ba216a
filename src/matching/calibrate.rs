//! How far ahead a scored pair must be, so that no more pairs are false than is tolerated.
//!
//! Labels cost nothing: a payment that names its dossier, and whose dossier agrees, tells what it
//! is for. Its code is hidden and pass 7 is asked again, once with the dossier there (the right
//! answer is known) and once without the dossier (every answer is wrong: half of the payments
//! without a code are taken to belong to no dossier at all). The counts of many nights are added
//! up; the margin is the least one at which the rate of false pairs is below the budget with 95 %
//! confidence. Where the history does not show that of any margin, nothing is paired by score.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::domain::{DossierCode, Fraction, Inputs, Rules, Side, Txn, TxnStatus};

use super::group::{MatchGroup, Role};
use super::pool::{Pool, at};

/// A margin that no pair can reach: nothing is paired by score.
pub const NEVER: u16 = 1001;

/// Below this a pair would be little more than a guess, whatever the history says.
const LEAST: u16 = 500;

/// Hidden payments are asked for in so many rounds: those of the other rounds keep their codes, so
/// that the night around a hidden payment stays nearly what it was.
const ROUNDS: u32 = 4;

/// Passes whose links tell the truth: the payer wrote the code, or a person decided.
const TOLD_BY: [&str; 3] = ["decision", "exact_key", "extracted_key"];

/// Pairs that pass 7 would make, by margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// With the dossier that the payer had named.
    pub right: u32,
    /// With any other.
    pub wrong: u32,
}

/// What a calibration saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelled {
    /// Payments whose code was hidden, each asked for twice.
    pub hidden: u32,
    /// Pairs by margin; a payment that pass 7 pairs with nothing is in none.
    pub at: BTreeMap<u16, Graded>,
}

/// The margin that follows from a budget, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibrated {
    /// Pairs this far ahead are made; [`NEVER`]: none is.
    pub margin: u16,
    /// Labelled payments behind it.
    pub hidden: u32,
    /// Pairs at this margin or above.
    pub taken: u32,
    /// Of these, false ones.
    pub wrong: u32,
}

/// Which payments are graded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounds {
    /// Every one.
    All,
    /// Of the night of the inputs, one in four, chosen by the night: in the long run each.
    OfNight,
}

impl Labelled {
    /// Adds the counts of another night.
    pub fn add(&mut self, other: &Self) {
        self.hidden = self.hidden.saturating_add(other.hidden);
        for (margin, graded) in &other.at {
            let mine = self.at.entry(*margin).or_default();
            mine.right = mine.right.saturating_add(graded.right);
            mine.wrong = mine.wrong.saturating_add(graded.wrong);
        }
    }

    /// The least margin at which no more than `budget` of the pairs are false, with 95 %
    /// confidence.
    pub fn calibrate(&self, budget: Fraction) -> Calibrated {
        let mut found = Calibrated {
            margin: NEVER,
            hidden: self.hidden,
            taken: 0,
            wrong: 0,
        };
        let (mut taken, mut wrong) = (0_u32, 0_u32);
        for (margin, graded) in self.at.range(LEAST..).rev() {
            taken = taken
                .saturating_add(graded.right)
                .saturating_add(graded.wrong);
            wrong = wrong.saturating_add(graded.wrong);
            if is_within(taken, wrong, budget) {
                found = Calibrated {
                    margin: *margin,
                    taken,
                    wrong,
                    ..found
                };
            }
        }
        found
    }
}

/// True when `wrong` false of `taken` shows a rate of at most `budget`: with a greater rate so few
/// would be seen in less than one case of twenty.
fn is_within(taken: u32, wrong: u32, budget: Fraction) -> bool {
    i128::from(taken) * budget.num * 1000 >= most_expected(wrong) * budget.den
}

/// The one-sided 95 % upper limit of a Poisson mean of which `seen` were seen, in thousandths (half
/// the 0.95 point of chi-squared with 2 * seen + 2 degrees of freedom, rounded up); never below the
/// binomial's own. From the end of the table on a plain bound above it.
fn most_expected(seen: u32) -> i128 {
    const LIMITS: [i128; 11] = [
        2_996, 4_744, 6_296, 7_754, 9_154, 10_514, 11_843, 13_149, 14_435, 15_706, 16_963,
    ];
    let limit = usize::try_from(seen).ok().and_then(|n| LIMITS.get(n));
    let root = i128::from(seen.isqrt()) + 1;
    limit.map_or((i128::from(seen) + 2 * root + 2) * 1000, |limit| *limit)
}

/// Hides the codes of payments whose dossier is known from `groups`, and grades what pass 7 makes
/// of them. `inputs` stand in their canonical order.
pub fn labelled(inputs: &Inputs, rules: &Rules, groups: &[MatchGroup], rounds: Rounds) -> Labelled {
    let told = told(inputs, groups, rounds);
    let night = inputs
        .business_date
        .map_or(0, |day| day.start_ms() / 86_400_000);
    let of_night = u32::try_from(night.rem_euclid(i64::from(ROUNDS))).unwrap_or(0);
    let mut labelled = Labelled::default();
    for round in (0..ROUNDS).filter(|round| rounds == Rounds::All || *round == of_night) {
        let hidden: FxHashMap<usize, &DossierCode> = told
            .iter()
            .filter(|(txn, _)| round_of(&inputs.txns[**txn]) == round)
            .map(|(txn, code)| (*txn, *code))
            .collect();
        if hidden.is_empty() {
            continue;
        }
        labelled.hidden = labelled.hidden.saturating_add(count(hidden.len()));
        let mut asked = hide(inputs, &hidden);
        grade(&asked, rules, &hidden, &mut labelled.at);
        let gone: FxHashSet<&DossierCode> = hidden.values().copied().collect();
        asked.fees.retain(|fee| !gone.contains(&fee.dossier_code));
        asked
            .orders
            .retain(|order| !gone.contains(&order.dossier_code));
        asked
            .receipts
            .retain(|receipt| !gone.contains(&receipt.dossier_code));
        grade(&asked, rules, &hidden, &mut labelled.at);
    }
    labelled
}

/// Payments that settle one dossier by its own code, by position, with the code.
fn told<'g>(
    inputs: &Inputs,
    groups: &'g [MatchGroup],
    rounds: Rounds,
) -> BTreeMap<usize, &'g DossierCode> {
    let mut told: BTreeMap<usize, Option<&DossierCode>> = BTreeMap::new();
    for leg in groups.iter().flat_map(MatchGroup::links) {
        let settles = leg.role == Role::Settles && leg.money.side == Side::Txn;
        let Some(code) = leg.dossier_code.as_ref().filter(|_| settles) else {
            continue;
        };
        let key = (leg.money.source.as_str(), &*leg.money.id);
        let found = inputs
            .txns
            .binary_search_by(|txn| (txn.source.as_str(), &*txn.id).cmp(&key));
        let Ok(txn) = found else { continue };
        let code = TOLD_BY.contains(&leg.pass).then_some(code);
        // a payment of several dossiers, or one decided otherwise, tells nothing
        told.entry(txn)
            .and_modify(|before| {
                if *before != code {
                    *before = None;
                }
            })
            .or_insert(code);
    }
    let tonight = |txn: &Txn| match (rounds, inputs.business_date) {
        (Rounds::OfNight, Some(night)) => txn.business_date == night,
        _ => true,
    };
    let plain = |txn: &Txn| txn.status == TxnStatus::Success && tonight(txn);
    let told = told
        .into_iter()
        .filter(|(txn, _)| plain(&inputs.txns[*txn]));
    told.filter_map(|(txn, code)| Some((txn, code?))).collect()
}

/// The round in which a payment is hidden: by its id alone, so that a rerun hides the same.
fn round_of(txn: &Txn) -> u32 {
    let add = |sum: u32, byte: &u8| sum.wrapping_mul(31).wrapping_add(u32::from(*byte));
    (txn.id.as_bytes().iter().fold(0, add) >> 3) % ROUNDS
}

/// The inputs with the codes of these payments gone: from the text every word with a digit, and the
/// reference; without what people decided of them.
fn hide(inputs: &Inputs, hidden: &FxHashMap<usize, &DossierCode>) -> Inputs {
    let mut asked = inputs.clone();
    for place in hidden.keys() {
        let txn = &mut asked.txns[*place];
        let words = txn.memo.split_whitespace();
        let words = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
        txn.memo = words.collect::<Vec<_>>().join(" ").into();
        txn.order_ref = None;
    }
    let is_hidden = |decision: &crate::domain::Decision| {
        let key = (decision.row.source.as_str(), &*decision.row.id);
        let found = inputs
            .txns
            .binary_search_by(|txn| (txn.source.as_str(), &*txn.id).cmp(&key));
        found.is_ok_and(|txn| hidden.contains_key(&txn))
    };
    asked.decisions.retain(|decision| !is_hidden(decision));
    asked
}

/// Counts what pass 7 makes of the hidden payments, by margin.
fn grade(
    asked: &Inputs,
    rules: &Rules,
    hidden: &FxHashMap<usize, &DossierCode>,
    at_margin: &mut BTreeMap<u16, Graded>,
) {
    let rules = Rules {
        margin_min: 0,
        ..rules.clone()
    };
    let mut sorted = Cow::Borrowed(asked);
    if !asked.is_sorted() {
        sorted.to_mut().sort();
    }
    let pool = Pool::new(&sorted, &rules);
    let desk = super::run(&pool);
    for (txn, assigned) in &desk.assigned {
        let Some(code) = hidden.get(&at(*txn)) else {
            continue;
        };
        let graded = at_margin.entry(assigned.margin).or_default();
        if pool.dossier(assigned.dossier).code == *code {
            graded.right = graded.right.saturating_add(1);
        } else {
            graded.wrong = graded.wrong.saturating_add(1);
        }
    }
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(counts: &[(u16, u32, u32)]) -> Labelled {
        let at = counts.iter();
        let at = at.map(|(margin, right, wrong)| {
            let (right, wrong) = (*right, *wrong);
            (*margin, Graded { right, wrong })
        });
        Labelled {
            hidden: 9,
            at: at.collect(),
        }
    }

    fn check(counts: &[(u16, u32, u32)], budget: (i128, i128), expected: (u16, u32, u32)) {
        let budget = Fraction::new(budget.0, budget.1).unwrap();
        let found = history(counts).calibrate(budget);
        assert_eq!((found.margin, found.taken, found.wrong), expected);
    }

    #[test]
    fn the_margin_follows_from_the_budget() {
        let counts = [
            (400, 9, 0),
            (700, 2_000, 30),
            (900, 3_000, 1),
            (1000, 3_000, 0),
        ];
        // one in a thousand: 3,000 without an error show it, 6,000 with one too, 8,030 with 31 not
        check(&counts, (1, 1_000), (900, 6_001, 1));
        check(&counts, (1, 1_001), (900, 6_001, 1));
        // one in a hundred: the wide one holds; below 500 nothing counts
        check(&counts, (1, 100), (700, 8_031, 31));
        // one in ten thousand would need 29,960 without an error
        check(&counts, (1, 10_000), (NEVER, 0, 0));
        check(&[(1000, 29_960, 0)], (1, 10_000), (1000, 29_960, 0));
        check(&[(1000, 29_959, 0)], (1, 10_000), (NEVER, 0, 0));
        check(&[], (1, 100), (NEVER, 0, 0));
    }

    #[test]
    fn nights_add_up() {
        let mut sum = history(&[(900, 1, 2), (950, 5, 0)]);
        sum.add(&history(&[(900, 10, 0), (1000, 7, 0)]));
        let mut both = history(&[(900, 11, 2), (950, 5, 0), (1000, 7, 0)]);
        both.hidden = 18;
        assert_eq!(sum, both);
    }

    #[test]
    fn the_limit_never_falls() {
        assert!((0..5_000).all(|seen| most_expected(seen) < most_expected(seen + 1)));
        // 1.645 standard deviations above, and then some
        assert!(
            (11..5_000)
                .all(|n| most_expected(n) >= i128::from(n) * 1000 + 1645 * i128::from(n.isqrt()))
        );
    }
}
