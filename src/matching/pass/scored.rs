//! Pass 7: payments whose text names no dossier, but for which something else speaks: the payer's
//! name, or date and sequence of the code. Components of payments and dossiers that could belong
//! together are assigned exactly: as many pairs as possible, then the greatest weight; a pair is
//! taken only if it is far enough ahead of every other at both ends. A component over its cap stays
//! open and says so. Provisional.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::domain::Text;

use super::super::assign::{Weights, best, margin};
use super::super::desk::{Assigned, Desk, Hint};
use super::super::evidence::{Evidence, Nearest, Test};
use super::super::left::{self, Lacking, Waiting, full_name};
use super::super::pair::{Pair, Scale, Traits, tail, weigh_tails};
use super::super::part::{Why, of_weights};
use super::super::pool::{Index, index};
use super::super::weight::score;
use super::Pass;
use super::exact_key::plain;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "scored",
    label: Text {
        vi: "Ghép theo nhiều căn cứ",
        en: "Assignment by evidence",
    },
    run,
};

/// At most this many payments, and this many dossiers, are assigned together.
const COMPONENT_MAX: usize = 12;
/// A pairing that is not taken is shown from this score on.
const HINT_MIN: u16 = 500;

fn run(desk: &mut Desk) {
    let open = left::lacking(desk);
    super::super::partial::hint(desk, &open);
    // a dossier that is still on its way may be meant by any payment
    if !desk.pool.registry_complete() {
        return;
    }
    let txns = left::waiting(desk);
    let scale = Scale::new(desk.pool, &open, &txns);
    for component in components(desk, &txns, &open) {
        decide(desk, &scale, &component);
    }
}

/// Payments and dossiers that could belong together.
struct Component {
    txns: Vec<Waiting>,
    dossiers: Vec<Lacking>,
}

/// What ties a payment to a dossier: the amount, and the payer's name or the end of a code.
type Tie = (i128, String);

/// The components, by their first payment. Rows are joined through what ties them, never pair by
/// pair: a hundred thousand equal rows are joined in as many steps.
fn components(desk: &Desk, txns: &[Waiting], open: &[Lacking]) -> Vec<Component> {
    let pool = desk.pool;
    let mut ties: FxHashMap<Tie, Vec<Index>> = FxHashMap::default();
    for (i, lacking) in open.iter().enumerate() {
        let dossier = pool.dossier(lacking.dossier);
        let node = index(txns.len() + i);
        let payer = pool.payer_of(lacking.dossier);
        let name = payer.contains(' ').then_some(payer);
        for tie in name.into_iter().chain([tail(dossier.code.as_str())]) {
            ties.entry((lacking.amount, tie)).or_default().push(node);
        }
    }
    let mut sets = Sets::new(txns.len() + open.len());
    for (i, waiting) in txns.iter().enumerate() {
        let row = pool.txn(waiting.txn);
        let tails = tails(&crate::domain::fold::squeeze(&row.memo));
        for tie in full_name(&row.payer).into_iter().chain(tails) {
            let Some(dossiers) = ties.get_mut(&(row.amount.wide(), tie)) else {
                continue;
            };
            // the first payment joins them all, the next ones need but one of them
            for dossier in dossiers.iter() {
                sets.join(*dossier, index(i));
            }
            dossiers.truncate(1);
        }
    }
    let mut found: BTreeMap<Index, Component> = BTreeMap::new();
    for (i, waiting) in txns.iter().enumerate() {
        let (txns, dossiers) = (Vec::new(), Vec::new());
        let empty = Component { txns, dossiers };
        let root = sets.root(index(i));
        found.entry(root).or_insert(empty).txns.push(*waiting);
    }
    for (i, lacking) in open.iter().enumerate() {
        if let Some(component) = found.get_mut(&sets.root(index(txns.len() + i))) {
            component.dossiers.push(*lacking);
        }
    }
    let mut found: Vec<Component> = found.into_values().collect();
    found.retain(|component| {
        let unread = component.txns.iter().any(|waiting| waiting.unread);
        unread && !component.dossiers.is_empty()
    });
    found.sort_by_key(|component| component.txns.first().map(|waiting| waiting.txn));
    found
}

/// Every run of digits in a memo that may be date and sequence of a code.
fn tails(memo: &str) -> Vec<String> {
    let mut tails = Vec::new();
    for run in memo
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() >= 10)
    {
        for from in 0..=run.len() - 10 {
            let widths = (10..=13).filter_map(|width| run.get(from..from + width));
            tails.extend(widths.map(str::to_owned));
        }
    }
    tails
}

/// Sets of rows that are joined step by step.
struct Sets(Vec<Index>);

impl Sets {
    fn new(rows: usize) -> Self {
        Self((0..rows).map(index).collect())
    }

    fn root(&mut self, row: Index) -> Index {
        super::super::groups::find(&mut self.0, row)
    }

    fn join(&mut self, a: Index, b: Index) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.0[super::super::pool::at(high)] = low;
    }
}

/// Assigns one component.
fn decide(desk: &mut Desk, scale: &Scale, component: &Component) {
    let (t, d) = (component.txns.len(), component.dossiers.len());
    if t > COMPONENT_MAX || d > COMPONENT_MAX {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        for waiting in component.txns.iter().filter(|waiting| waiting.unread) {
            desk.note(waiting.txn, Evidence::TooMany(count(t), count(d)), None);
        }
        return;
    }
    let pool = desk.pool;
    let traits = component.txns.iter();
    let traits = traits.map(|waiting| Traits::new(pool, waiting.txn));
    let pairs: Vec<Vec<Pair>> = traits
        .map(|traits| {
            let weigh = |lacking: &Lacking| scale.weigh(pool, &traits, lacking);
            let mut row: Vec<Pair> = component.dossiers.iter().map(weigh).collect();
            weigh_tails(&mut row);
            row
        })
        .collect();
    let weight = |pair: &Pair| pair.as_ref().map(|pair| pair.weight);
    let row = |row: &Vec<Pair>| row.iter().map(weight).collect();
    let weights: Weights = pairs.iter().map(row).collect();
    let best = best(&weights);
    for (row, column) in best.columns.iter().enumerate() {
        let Some(column) = column.filter(|_| component.txns[row].unread) else {
            continue;
        };
        let Some(pair) = &pairs[row][column] else {
            continue;
        };
        let ahead = margin(&weights, &best, row, column).min(pair.weight);
        let ahead = pair.most.map_or(ahead, |most| ahead.min(most));
        let assigned = Assigned {
            dossier: component.dossiers[column].dossier,
            score: score(pair.weight),
            margin: score(ahead),
            evidence: pair.said.clone(),
            runner_up: runner_up(desk, component, &weights, row, column),
        };
        let (txn, dossier) = (component.txns[row].txn, component.dossiers[column].dossier);
        let free = component.dossiers[column].free;
        if free && assigned.margin >= pool.rules.margin_min {
            accept(desk, txn, dossier, assigned);
        } else {
            leave(desk, (txn, dossier), assigned, &pair.parts);
        }
    }
}

/// The best other dossier of the payment, else the best other payment of the dossier.
fn runner_up(
    desk: &Desk,
    component: &Component,
    weights: &Weights,
    row: usize,
    column: usize,
) -> Option<Nearest> {
    let pool = desk.pool;
    let dossiers = (0..component.dossiers.len()).filter(|c| *c != column);
    let dossier = dossiers
        .filter_map(|c| Some((weights[row][c]?, Reverse(c))))
        .max();
    let candidate = if let Some((_, Reverse(c))) = dossier {
        pool.dossier(component.dossiers[c].dossier).code.as_str()
    } else {
        let txns = (0..component.txns.len()).filter(|r| *r != row);
        let txns = txns.filter_map(|r| Some((weights[r][column]?, Reverse(r))));
        let (_, Reverse(r)) = txns.max()?;
        &pool.txn(component.txns[r].txn).id
    };
    Some(Nearest {
        candidate: candidate.into(),
        amount: Some(pool.txn(component.txns[row].txn).amount),
        failed: Test::Weight,
    })
}

fn accept(desk: &mut Desk, txn: Index, dossier: Index, assigned: Assigned) {
    let why = Evidence::Assigned(assigned.score, assigned.margin);
    let credit = plain(desk, txn, dossier, PASS.id, why);
    desk.credit(txn, dossier, credit);
    desk.settle_again(dossier);
    desk.assigned.insert(txn, assigned);
}

/// Not far enough ahead: said on the payment, and shown where much speaks for it.
fn leave(
    desk: &mut Desk,
    (txn, dossier): (Index, Index),
    assigned: Assigned,
    weights: &[(Why, i64)],
) {
    let pool = desk.pool;
    let least = pool.rules.margin_min;
    let said = Evidence::TooClose(assigned.score, assigned.margin, least);
    let near = Nearest {
        candidate: pool.dossier(dossier).code.as_str().into(),
        amount: Some(pool.txn(txn).amount),
        failed: Test::Weight,
    };
    desk.note(txn, said.clone(), Some(near));
    if let Some(other) = assigned.runner_up {
        desk.notes.entry(txn).or_default().1.push(other);
    }
    if assigned.score >= HINT_MIN && assigned.margin > 0 {
        let mut reason = assigned.evidence;
        reason.push(said);
        let score = assigned.score.min(899);
        desk.hints.push(Hint {
            txn,
            dossier,
            score,
            reason,
            parts: of_weights(weights, score),
        });
    }
}
