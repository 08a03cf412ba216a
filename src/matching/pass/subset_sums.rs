//! Pass 9: a payment that equals the sum of several open dossiers of its payer, and several
//! payments of a payer that together are what one of the payer's dossiers lacks, as suggestions
//! with the number of such sums. Never a link: sums of fixed tariffs meet by chance. A payer with
//! more open dossiers, or payments, than the cap is not searched, and the payments say so.

use std::collections::BTreeMap;

use crate::domain::Text;

use super::super::desk::{Desk, Hint};
use super::super::evidence::{Evidence, Nearest, Test};
use super::super::left::{self, Lacking, full_name};
use super::super::part::of_sum;
use super::super::pool::Index;
use super::Pass;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "subset_sums",
    label: Text {
        vi: "Gợi ý cộng nhiều hồ sơ, nhiều khoản",
        en: "Sums of dossiers or payments, suggested",
    },
    run,
};

/// At most this many open dossiers, or payments, of one payer are added up: 4,096 sums.
const ADDED_MAX: usize = 12;
/// A single sum is worth this much to a person, several share it.
const SCORE: u16 = 500;
/// At most this many dossiers are shown beside the payment.
const NEAREST_MAX: usize = 3;

/// The sums of a payer's amounts: how many ways there are, and the rows in any of them.
type Sums = BTreeMap<i128, (u32, u32)>;

fn run(desk: &mut Desk) {
    let pool = desk.pool;
    let mut of_payer: BTreeMap<String, Vec<Lacking>> = BTreeMap::new();
    for lacking in left::lacking(desk) {
        let payer = pool.payer_of(lacking.dossier);
        if payer.contains(' ') {
            of_payer.entry(payer).or_default().push(lacking);
        }
    }
    let mut of_txn: BTreeMap<String, Vec<Index>> = BTreeMap::new();
    for txn in left::unread(desk) {
        if let Some(payer) = full_name(&pool.txn(txn).payer) {
            of_txn.entry(payer).or_default().push(txn);
        }
    }
    for (payer, txns) in of_txn {
        let dossiers = of_payer.get(&payer).map_or(&[][..], Vec::as_slice);
        one_for_several(desk, &txns, dossiers);
        several_for_one(desk, &txns, dossiers);
    }
}

/// A payment that equals a sum of dossiers.
fn one_for_several(desk: &mut Desk, txns: &[Index], dossiers: &[Lacking]) {
    if dossiers.len() > ADDED_MAX {
        for txn in txns {
            desk.note(*txn, Evidence::SearchCapped(number(dossiers.len())), None);
        }
        return;
    }
    let due: Vec<i128> = dossiers.iter().map(|lacking| lacking.amount).collect();
    let sums = sums(&due);
    for txn in txns {
        if let Some((ways, any)) = sums.get(&desk.pool.txn(*txn).amount.wide()) {
            suggest(desk, *txn, dossiers, *ways, *any);
        }
    }
}

/// Payments that together are what a dossier lacks.
fn several_for_one(desk: &mut Desk, txns: &[Index], dossiers: &[Lacking]) {
    if txns.len() < 2 || dossiers.is_empty() {
        return;
    }
    if txns.len() > ADDED_MAX {
        for txn in txns {
            desk.note(*txn, Evidence::TogetherCapped(number(txns.len())), None);
        }
        return;
    }
    let pool = desk.pool;
    let paid: Vec<i128> = txns
        .iter()
        .map(|txn| pool.txn(*txn).amount.wide())
        .collect();
    let sums = sums(&paid);
    for lacking in dossiers {
        let Some((ways, any)) = sums.get(&lacking.amount) else {
            continue;
        };
        let said = Evidence::Together(any.count_ones(), *ways);
        let share = u16::try_from(*ways).unwrap_or(u16::MAX).max(1);
        for txn in members(txns, *any) {
            let near = Nearest {
                candidate: pool.dossier(lacking.dossier).code.as_str().into(),
                amount: crate::domain::Vnd::from_wide(lacking.amount).ok(),
                failed: Test::Named,
            };
            desk.note(*txn, said.clone(), Some(near));
            desk.hints.push(Hint {
                txn: *txn,
                dossier: lacking.dossier,
                score: SCORE / share,
                reason: vec![said.clone()],
                parts: of_sum(SCORE, SCORE / share),
            });
        }
    }
}

fn number(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// Every sum of two amounts or more.
fn sums(amounts: &[i128]) -> Sums {
    let mut sums = Sums::new();
    for chosen in 0_u32..1 << amounts.len() {
        if chosen.count_ones() >= 2 {
            let sum = members(amounts, chosen).sum();
            let (ways, any) = sums.entry(sum).or_insert((0, 0));
            *ways += 1;
            *any |= chosen;
        }
    }
    sums
}

/// The rows of one choice, a bit each.
fn members<T>(rows: &[T], chosen: u32) -> impl Iterator<Item = &T> {
    let is_in = move |(i, row)| (chosen >> i & 1 == 1).then_some(row);
    rows.iter().enumerate().filter_map(is_in)
}

/// Says how many sums there are, and shows the dossiers in any of them: which sum is meant is not
/// for the program to guess.
fn suggest(desk: &mut Desk, txn: Index, dossiers: &[Lacking], ways: u32, any: u32) {
    let said = Evidence::SubsetSum(any.count_ones(), ways);
    desk.note(txn, said.clone(), None);
    let share = u16::try_from(ways).unwrap_or(u16::MAX).max(1);
    for (shown, lacking) in members(dossiers, any).enumerate() {
        if shown < NEAREST_MAX {
            let near = Nearest {
                candidate: desk.pool.dossier(lacking.dossier).code.as_str().into(),
                amount: crate::domain::Vnd::from_wide(lacking.amount).ok(),
                failed: Test::Named,
            };
            desk.notes.entry(txn).or_default().1.push(near);
        }
        desk.hints.push(Hint {
            txn,
            dossier: lacking.dossier,
            score: SCORE / share,
            reason: vec![said.clone()],
            parts: of_sum(SCORE, SCORE / share),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_say_how_many_ways_there_are() {
        let found = sums(&[50, 8, 8]);
        assert_eq!(found[&58], (2, 0b111));
        assert_eq!(found[&66], (1, 0b111));
        assert_eq!(found[&16], (1, 0b110));
        assert!(!found.contains_key(&50));
    }
}
