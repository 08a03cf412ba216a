//! What the strict passes left: unread payments, and dossiers that still lack money.

use std::collections::BTreeSet;

use crate::domain::TxnKind;
use crate::domain::fold::{fold_name, squeeze};

use super::desk::{Desk, Standing};
use super::evidence::Evidence;
use super::ledger::Line;
use super::pool::{Index, at, index};
use super::reading::Reading;

/// A dossier and what it lacks, in dong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lacking {
    /// The dossier.
    pub dossier: Index,
    /// What its fees lack; a dossier that owes nothing but land obligations: what these lack.
    pub amount: i128,
    /// False when something in it waits for a person, or an open payment with another reading could
    /// be for it: it may be meant, but nothing is put to its credit.
    pub free: bool,
}

/// A payment that no pass has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The payment.
    pub txn: Index,
    /// True when its text holds no code at all, not even a part of one. Others may be meant for a
    /// dossier that they do not name, but are not put to its credit.
    pub unread: bool,
}

/// Payments that no pass has decided and that may be for a dossier of ours.
pub fn waiting(desk: &Desk) -> Vec<Waiting> {
    let waiting = desk.waiting().into_iter().filter_map(|txn| {
        let row = desk.pool.txn(txn);
        let Reading::Nothing { class, .. } = &desk.readings[at(txn)] else {
            return None;
        };
        if row.kind != TxnKind::Payment || *class == "foreign" {
            return None;
        }
        let named = row
            .order_ref
            .as_deref()
            .is_some_and(|text| !text.is_empty());
        let cut = || desk.pool.scanner.cut(&squeeze(&row.memo)).is_some();
        let unread = *class == "unidentified" && !named && !cut();
        Some(Waiting { txn, unread })
    });
    waiting.collect()
}

/// Payments that no pass has decided and whose text holds no code at all.
pub fn unread(desk: &Desk) -> Vec<Index> {
    let unread = waiting(desk).into_iter().filter(|payment| payment.unread);
    unread.map(|payment| payment.txn).collect()
}

/// Dossiers that lack money.
pub fn lacking(desk: &Desk) -> Vec<Lacking> {
    let doubted = doubted(desk);
    let dossiers = desk.ledgers.iter().map(|(dossier, _)| dossier);
    let dossiers = dossiers.filter(|dossier| !desk.set_of.contains_key(dossier));
    let open = dossiers.filter_map(|dossier| {
        let amount = lacked(desk, dossier);
        if amount <= 0 {
            return None;
        }
        let free = !doubted.contains(&dossier) && desk.is_undisputed(dossier);
        let lacking = Lacking {
            dossier,
            amount,
            free,
        };
        Some(lacking)
    });
    open.collect()
}

/// What the fees of a dossier lack; without any, what its land obligations lack.
pub fn lacked(desk: &Desk, dossier: Index) -> i128 {
    let lines = &desk.ledgers.of(dossier).lines;
    let fees: i128 = lines.iter().filter(|l| !l.land).map(Line::lacking).sum();
    if fees > 0 {
        return fees;
    }
    lines.iter().map(Line::lacking).sum()
}

/// Dossiers that an open payment speaks of: among several readings, or by a slip that was not
/// repaired.
fn doubted(desk: &Desk) -> BTreeSet<Index> {
    let mut doubted = BTreeSet::new();
    for (i, standing) in desk.txns.iter().enumerate() {
        match standing {
            Standing::Out(out) if out.class == "ambiguous" => doubted.extend(&out.named),
            Standing::Waiting => {
                let Reading::Nothing {
                    class: "near_reference",
                    said,
                } = &desk.readings[i]
                else {
                    continue;
                };
                let row = desk.pool.txn(index(i));
                let near = said.evidence.iter().filter_map(|said| match said {
                    Evidence::OneEdit(_, code, _) => desk.pool.find(code),
                    _ => None,
                });
                doubted.extend(near.filter(|d| desk.pool.fits(row, *d, row.amount.wide())));
            }
            _ => {}
        }
    }
    doubted
}

/// A payer's name for looking up: of at least two words, else it says too little.
pub fn full_name(name: &str) -> Option<String> {
    let folded = fold_name(name);
    folded.contains(' ').then_some(folded)
}
