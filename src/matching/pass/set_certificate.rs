//! Pass 8: as many payments as dossiers of one agency, day and amount, that nothing tells apart,
//! where every payment came into a dedicated collection account. Which is whose nobody can know,
//! but the totals are certain: the set is certified and counted, and never shown as pairs. Where
//! the numbers differ, or something could come between, there is no certificate. Provisional.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fold::fold_name;
use crate::domain::{AgencyCode, Day, FeeStatus, Side, Text, TxnKind, Vnd};

use super::super::desk::{CertifiedSet, Desk, Standing};
use super::super::left::{self, Lacking};
use super::super::pool::{Dedicated, Index, at, index};
use super::Pass;

/// The id of the pass.
pub const ID: &str = "set_certificate";

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: ID,
    label: Text {
        vi: "Đủ theo nhóm, không ghép từng cặp",
        en: "Certified as a set",
    },
    run,
};

/// Two of each at least: one payment and one dossier would be a pair by amount alone.
const SMALLEST: usize = 2;

/// Agency, day and amount.
type Key = (AgencyCode, Day, i128);

/// Rows of one agency, day and amount.
#[derive(Default)]
struct Rows {
    txns: Vec<Index>,
    dossiers: Vec<Index>,
    /// A row that could belong here too, but not for certain.
    disturbed: bool,
}

fn run(desk: &mut Desk) {
    let mut sources = desk.pool.inputs.sources.iter();
    if sources.any(|source| !source.is_whole()) {
        return;
    }
    let mut sets: BTreeMap<Key, Rows> = BTreeMap::new();
    for lacking in left::lacking(desk) {
        dossier(desk, &lacking, &mut sets);
    }
    let agencies = agencies(&sets);
    let unread: BTreeSet<Index> = left::unread(desk).into_iter().collect();
    for txn in (0..desk.txns.len()).map(index) {
        payment(desk, txn, unread.contains(&txn), &agencies, &mut sets);
    }
    for ((_, day, amount), rows) in sets {
        let alike = rows.txns.len() == rows.dossiers.len() && rows.txns.len() >= SMALLEST;
        if rows.disturbed || !alike || !is_uniform(desk, &rows) {
            continue;
        }
        let Ok(amount) = Vnd::from_wide(amount) else {
            continue;
        };
        let set = index(desk.sets.len());
        for txn in &rows.txns {
            desk.txns[at(*txn)] = Standing::InSet(set);
        }
        desk.set_of
            .extend(rows.dossiers.iter().map(|dossier| (*dossier, set)));
        let (txns, dossiers) = (rows.txns, rows.dossiers);
        desk.sets.push(CertifiedSet {
            txns,
            dossiers,
            day,
            amount,
        });
    }
}

/// Puts a dossier that lacks money into the rows of its agency, day and amount: as a member, or as
/// something that disturbs them.
fn dossier(desk: &Desk, lacking: &Lacking, sets: &mut BTreeMap<Key, Rows>) {
    let pool = desk.pool;
    let dossier = pool.dossier(lacking.dossier);
    let fees = pool.fees_of(lacking.dossier);
    let recorded = || {
        fees.iter()
            .map(|fee| fee.more.paid_at.as_ref().map(|at| at.day()))
    };
    let Some(day) = recorded().flatten().max().or(dossier.code.received_on()) else {
        return;
    };
    let ledger = desk.ledgers.of(lacking.dossier);
    let untouched = ledger.entries.is_empty() && ledger.returns.is_empty();
    let whole =
        pool.all_due(lacking.dossier) == lacking.amount && dossier.fees_due == lacking.amount;
    let one_day = recorded().all(|paid| paid.is_none_or(|paid| paid == day));
    let plain = fees.iter().all(|fee| {
        let in_time = fee.due_at.as_ref().is_none_or(|due| day <= due.day());
        let told = !pool.rules.e_receipts || fee.more.receipt_no.is_some();
        let paid = fee.status == FeeStatus::Paid && !fee.declared_method.is_cash();
        paid && in_time && told && fee.agency_code == *dossier.agency
    });
    let key = (dossier.agency.clone(), day, lacking.amount);
    let rows = sets.entry(key).or_default();
    if lacking.free && untouched && whole && one_day && plain {
        rows.dossiers.push(lacking.dossier);
    } else {
        rows.disturbed = true;
    }
}

/// The agencies with dossiers of a day and amount.
fn agencies(sets: &BTreeMap<Key, Rows>) -> BTreeMap<(Day, i128), Vec<AgencyCode>> {
    let mut agencies: BTreeMap<(Day, i128), Vec<AgencyCode>> = BTreeMap::new();
    for (agency, day, amount) in sets.keys() {
        agencies
            .entry((*day, *amount))
            .or_default()
            .push(agency.clone());
    }
    agencies
}

/// Puts an open payment into the rows of its account's agency, day and amount. Into an account of
/// several agencies it belongs to the only one that has such dossiers; else it disturbs them all.
fn payment(
    desk: &Desk,
    txn: Index,
    unread: bool,
    agencies: &BTreeMap<(Day, i128), Vec<AgencyCode>>,
    sets: &mut BTreeMap<Key, Rows>,
) {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let open = match &desk.txns[at(txn)] {
        Standing::Waiting => true,
        Standing::Out(out) => {
            matches!(out.class, "ambiguous" | "pending" | "status_mismatch")
        }
        _ => false,
    };
    let conflict = pool
        .conflict(Side::Txn, row.source.as_str(), &row.id)
        .is_some();
    if !(open || conflict) || row.kind != TxnKind::Payment {
        return;
    }
    let Some(here) = agencies.get(&(row.paid_on, row.amount.wide())) else {
        return;
    };
    let account = pool.dedicated(row);
    let own: &[AgencyCode] = match &account {
        Some(account @ Dedicated::Of(_)) => {
            let own = here.iter().position(|agency| account.is_of(agency));
            own.map_or(&[], |at| std::slice::from_ref(&here[at]))
        }
        Some(Dedicated::Shared) | None => here,
    };
    let certain = unread && !conflict && own.len() == 1 && account.is_some();
    for agency in own {
        let key = (agency.clone(), row.paid_on, row.amount.wide());
        let rows = sets.entry(key).or_default();
        if certain {
            rows.txns.push(txn);
        } else {
            rows.disturbed = true;
        }
    }
}

/// True when the payers tell nothing apart: no payer of the payments is a payer of the dossiers, or
/// all of them are one and the same person.
fn is_uniform(desk: &Desk, rows: &Rows) -> bool {
    let pool = desk.pool;
    let of_txns = rows.txns.iter().map(|txn| fold_name(&pool.txn(*txn).payer));
    let of_txns: BTreeSet<String> = of_txns.collect();
    let of_dossiers = rows.dossiers.iter().map(|d| pool.payer_of(*d));
    let of_dossiers: BTreeSet<String> = of_dossiers.collect();
    let known = |name: &&String| !name.is_empty();
    let mut shared = of_txns.iter().filter(known);
    let one = of_txns.len() == 1 && of_dossiers.len() == 1;
    one || !shared.any(|name| of_dossiers.contains(name))
}
