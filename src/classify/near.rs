//! What is near to a fee without money: the payments that name its dossier and do not count for it,
//! each with the test that it failed, and the open ones of its amount.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::domain::fold::squeeze;
use crate::domain::{Txn, TxnKind};
use crate::matching::desk::{Desk, Standing};
use crate::matching::ledger::Line;
use crate::matching::pool::{Index, Pool, at, index};
use crate::matching::reading::Reading;
use crate::matching::{Nearest, Test};

use super::OPEN_CREDITS;
use super::case::FeeCase;

/// At most this many payments are shown beside a fee.
const NEAREST_MAX: usize = 3;
/// No dossier code is shorter, squeezed.
const CODE_MIN: usize = 13;

/// Payments by amount, and by the dossiers that they name.
#[derive(Default)]
pub(super) struct NearMoney {
    by_amount: BTreeMap<i128, Vec<Index>>,
    by_dossier: BTreeMap<Index, Vec<(Rank, Index, Test)>>,
    in_vain: BTreeMap<Index, (Rank, Index)>,
}

/// What is open comes first, then what counts elsewhere, then what failed.
type Rank = u8;
const OPEN: Rank = 0;
const NOT_FINAL: Rank = 1;
const COUNTS: Rank = 2;
const FAILED: Rank = 3;

impl NearMoney {
    pub(super) fn new(desk: &Desk) -> Self {
        let mut near = Self::default();
        let bare = bare(desk);
        for (i, standing) in desk.txns.iter().enumerate() {
            let (txn, row) = (index(i), desk.pool.txn(index(i)));
            if row.kind != TxnKind::Payment {
                continue;
            }
            let Some((rank, failed)) = test(standing) else {
                continue;
            };
            if rank == COUNTS && !may_name(desk, txn, &bare) {
                continue;
            }
            let mut named = spelled(desk, txn);
            if rank == COUNTS {
                named.extend(in_memo(desk.pool, row, &named));
            }
            for dossier in named.iter().filter(|dossier| bare.contains(*dossier)) {
                let first = near.in_vain.entry(*dossier).or_insert((rank, txn));
                *first = (*first).min((rank, txn));
            }
            if let Some(out) = standing.out().filter(|_| rank == OPEN) {
                let equal = near.by_amount.entry(row.amount.wide());
                equal.or_default().push(txn);
                named.extend(&out.named);
            }
            for dossier in named.into_iter().filter(|dossier| bare.contains(dossier)) {
                let all = near.by_dossier.entry(dossier).or_default();
                all.push((rank, txn, failed));
            }
        }
        for all in near.by_dossier.values_mut() {
            all.sort_unstable();
        }
        near
    }

    /// The first payment whose text names a dossier.
    pub(super) fn in_vain(&self, dossier: Index) -> Option<Index> {
        self.in_vain.get(&dossier).map(|(_, txn)| *txn)
    }

    /// The payments nearest to what a fee lacks: those that name its dossier, then open ones of
    /// the same amount.
    pub(super) fn to(&self, case: &FeeCase) -> Vec<Nearest> {
        let lacking = case.line.map_or(0, Line::lacking);
        let named = self.by_dossier.get(&case.dossier);
        let equal = self.by_amount.get(&lacking).filter(|_| lacking > 0);
        let named = named.into_iter().flatten();
        let named = named.map(|(_, txn, failed)| (*txn, *failed));
        let equal = equal.into_iter().flatten().map(|txn| (*txn, Test::Named));
        let mut seen = BTreeSet::new();
        let all = named.chain(equal).filter(|(txn, _)| seen.insert(*txn));
        let near = |(txn, failed): (Index, Test)| Nearest {
            candidate: case.pool.txn(txn).id.as_ref().into(),
            amount: Some(case.pool.txn(txn).amount),
            failed,
        };
        all.take(NEAREST_MAX).map(near).collect()
    }
}

/// The dossiers with a line that no money settled.
fn bare(desk: &Desk) -> FxHashSet<Index> {
    let ledgers = desk.ledgers.iter();
    let bare = ledgers.filter(|(_, ledger)| {
        let mut lines = ledger.lines.iter();
        ledger.lines.is_empty() || lines.any(|line| line.paid == 0 && line.due > 0)
    });
    bare.map(|(dossier, _)| dossier).collect()
}

/// The first test that a payment which names a dossier failed to count for its fees.
fn test(standing: &Standing) -> Option<(Rank, Test)> {
    match standing {
        Standing::Out(out) => match out.class {
            class if OPEN_CREDITS.contains(&class) => Some((OPEN, Test::Unique)),
            "pending" | "status_mismatch" => Some((NOT_FINAL, Test::Final)),
            "failed" | "void" => Some((FAILED, Test::Success)),
            _ => None,
        },
        Standing::Credited | Standing::Plain(_) => Some((COUNTS, Test::Free)),
        _ => None,
    }
}

/// The dossiers that the text of a payment names, its reference first.
fn spelled(desk: &Desk, txn: Index) -> BTreeSet<Index> {
    match &desk.readings[at(txn)] {
        Reading::One { dossier, .. } => BTreeSet::from([*dossier]),
        Reading::Many(several) | Reading::Glued(several) => several.iter().copied().collect(),
        Reading::Nothing { .. } => BTreeSet::new(),
    }
}

/// False of nearly every payment that counts: it names its own dossier, which lacks nothing.
fn may_name(desk: &Desk, txn: Index, bare: &FxHashSet<Index>) -> bool {
    match &desk.readings[at(txn)] {
        _ if bare.is_empty() => false,
        Reading::One { dossier, .. } => {
            bare.contains(dossier) || room_beside(desk.pool.txn(txn)).is_some()
        }
        _ => true,
    }
}

/// The memo of a payment with a reference, where another code than that fits into it: nearly every
/// memo holds no other.
fn room_beside(row: &Txn) -> Option<&str> {
    let reference = row.order_ref.as_deref().filter(|text| !text.is_empty())?;
    let taken = row.memo.find(reference).map_or(0, |_| reference.len());
    (row.memo.len() >= taken + CODE_MIN).then_some(&*row.memo)
}

/// The dossiers that the memo names beside the reference: nobody read it, for the reference came
/// first.
fn in_memo(pool: &Pool, row: &Txn, referred: &BTreeSet<Index>) -> Vec<Index> {
    let Some(memo) = room_beside(row) else {
        return Vec::new();
    };
    let squeezed = squeeze(memo);
    let spots = pool.scanner.spots(&squeezed);
    let mut named = Vec::new();
    for spot in spots.iter().filter(|spot| spot.plausible) {
        let hits = spot.spellings().filter_map(|code| pool.find_squeezed(code));
        let hits: Vec<Index> = hits.collect();
        if !hits.iter().any(|dossier| referred.contains(dossier)) {
            named.extend(hits);
        }
    }
    named
}
