//! The lane: dossiers so plain that they need no ledger. All their lines are fees that the registry
//! calls paid; one payment that names the dossier pays them exactly, or one row each; nothing is
//! late, nothing is declared otherwise, and no other row has anything to do with them. Nine of
//! ten dossiers are so. What is known of such a dossier is known of each: its rows are in order,
//! its legs are its lines.
//!
//! A dossier that only looks plain takes the way of all others, so nothing depends on the lane but
//! time and memory.

use rustc_hash::FxHashSet;

use crate::domain::{CollectionMode, DeclaredMethod, Fee, FeeKind, FeeStatus, TxnKind};

use super::credits::{By, Put};
use super::desk::{Desk, Money, Standing};
use super::ledger::settle_dossier;
use super::pool::{Index, at, index};
use super::reading::Reading;

/// Whether plain dossiers go without a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// They do: what is asked for are files.
    Open,
    /// They do not: the night remembers every leg and every contribution.
    Closed,
}

/// A dossier with more lines than this is not looked at.
const LINES_MAX: usize = 8;

/// What keeps a dossier out of the lane whatever its own rows say.
pub(super) struct Barred {
    dossiers: FxHashSet<Index>,
    all: bool,
}

impl Barred {
    /// A payment that is seen twice has a leg more; a decision may be about any row.
    pub(super) fn new(desk: &Desk) -> Self {
        let mut dossiers = FxHashSet::default();
        for standing in &desk.txns {
            if let Standing::Sighting(of, _) = standing
                && let Reading::One { dossier, .. } = desk.readings[at(*of)]
            {
                dossiers.insert(dossier);
            }
        }
        let inputs = desk.pool.inputs;
        let night = inputs.business_date.is_some() || !inputs.decisions.is_empty();
        // a source under the name of the receipts would stand among them
        let mixed = inputs.txns.iter().any(|txn| txn.source.as_str() == "cash");
        let all = desk.lane == Lane::Closed || night || mixed;
        Self { dossiers, all }
    }
}

/// True for a dossier of the lane.
pub(super) fn takes(desk: &Desk, barred: &Barred, dossier: Index) -> bool {
    let pool = desk.pool;
    let mut puts = desk.credits.of(dossier);
    let Some(first) = puts.next() else {
        return false;
    };
    if barred.all || barred.dossiers.contains(&dossier) || !desk.returns_of(dossier).is_empty() {
        return false;
    }
    let fees = pool.fees_of(dossier);
    let agency = pool.dossier(dossier).agency;
    let is_due = |fee: &Fee| {
        fee.status == FeeStatus::Paid
            && fee.amount.get() > 0
            && fee.kind != FeeKind::LandObligation
            && fee.more.collection_mode != Some(CollectionMode::Exempt)
            && fee.agency_code == *agency
            && pool.is_fee_conflict(fee).is_none()
    };
    if fees.len() > LINES_MAX || !fees.iter().all(is_due) {
        return false;
    }
    match first.money {
        Money::Txn(txn) if puts.next().is_none() => {
            let all = pool.txn(txn).amount.wide() == pool.dossier(dossier).fees_due;
            all && pays(desk, txn, first.by, fees)
        }
        _ => is_one_each(desk, dossier, fees),
    }
}

/// A payment, by a key that names the dossier, that is in order for these lines.
fn pays(desk: &Desk, txn: Index, by: By, fees: &[Fee]) -> bool {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let in_order = |fee: &Fee| {
        let more = &fee.more;
        let told = more.receipt_no.as_deref().is_some_and(|no| !no.is_empty());
        !fee.declared_method.is_cash()
            && fee
                .due_at
                .as_ref()
                .is_none_or(|due| row.paid_on <= due.day())
            && more
                .paid_at
                .as_ref()
                .is_none_or(|at| at.day() == row.business_date)
            && (told || !pool.rules.e_receipts)
    };
    !matches!(by, By::Other(_))
        && row.kind == TxnKind::Payment
        && fees.iter().all(in_order)
        && pool.dedicated(row).is_none()
}

/// A receipt that is in order for its line.
fn covers(desk: &Desk, receipt: Index, fee: &Fee) -> bool {
    let receipt = &desk.pool.inputs.receipts[at(receipt)];
    let declared = fee.declared_method;
    let due = fee.due_at.as_ref();
    receipt.amount == fee.amount
        && (declared.is_cash() || declared == DeclaredMethod::None)
        && due.is_none_or(|due| receipt.collected_at.day() <= due.day())
}

/// One row for each line, over its amount: receipts name their lines; a payment is for the only
/// line of its amount, whatever came before it.
fn is_one_each(desk: &Desk, dossier: Index, fees: &[Fee]) -> bool {
    let first = desk.pool.dossier(dossier).fees.start;
    let alone = |place: usize| {
        let mut others = fees.iter().enumerate();
        !others.any(|(other, fee)| other != place && fee.amount == fees[place].amount)
    };
    let mut seen = [false; LINES_MAX];
    let mut count = 0;
    for put in desk.credits.of(dossier) {
        let Some(line) = line_of(desk, put, dossier) else {
            return false;
        };
        let place = at(line) - first;
        let fee = &fees[place];
        let fits = match put.money {
            Money::Txn(txn) => alone(place) && pays(desk, txn, put.by, std::slice::from_ref(fee)),
            Money::Receipt(receipt) => covers(desk, receipt, fee),
        };
        if std::mem::replace(&mut seen[place], true) || !fits {
            return false;
        }
        count += 1;
    }
    count == fees.len()
}

/// The line that one row of several pays: the one that a receipt names, the first of a payment's
/// amount.
pub(crate) fn line_of(desk: &Desk, put: &Put, dossier: Index) -> Option<Index> {
    if let By::Receipt(line) = put.by {
        return Some(line);
    }
    let first = desk.pool.dossier(dossier).fees.start;
    let amount = put.money.amount(desk.pool);
    let mut fees = desk.pool.fees_of(dossier).iter();
    let place = fees.position(|fee| fee.amount.wide() == amount)?;
    Some(index(first + place))
}

/// What open rows name leaves the lane again: other money of it may be the repeat, or may have gone
/// back.
pub(crate) fn leave(desk: &mut Desk) {
    if !desk.ledgers.has_plain() {
        return;
    }
    let mut named: FxHashSet<Index> = FxHashSet::default();
    for (standing, reading) in desk.txns.iter().zip(&desk.readings) {
        if matches!(standing, Standing::Credited | Standing::Plain(_)) {
            continue;
        }
        named.extend(standing.out().into_iter().flat_map(|out| &out.named));
        match reading {
            Reading::One { dossier, .. } => named.extend([*dossier]),
            Reading::Glued(several) | Reading::Many(several) => named.extend(several),
            Reading::Nothing { .. } => {}
        }
    }
    for (standing, receipt) in desk.receipts.iter().zip(&desk.pool.inputs.receipts) {
        if standing.out().is_some() {
            named.extend(desk.pool.find(&receipt.dossier_code));
        }
    }
    let mut named: Vec<Index> = named.into_iter().collect();
    named.retain(|dossier| desk.ledgers.is_plain(*dossier));
    named.sort_unstable();
    for dossier in named {
        let ledger = settle_dossier(desk, dossier);
        desk.ledgers.set(dossier, ledger);
        mark(desk, dossier, &Standing::Credited);
    }
}

/// Gives the money of a dossier its standing.
pub(super) fn mark(desk: &mut Desk, dossier: Index, standing: &Standing) {
    for put in desk.credits.of(dossier) {
        match put.money {
            Money::Txn(txn) => desk.txns[at(txn)] = standing.clone(),
            Money::Receipt(receipt) => desk.receipts[at(receipt)] = standing.clone(),
        }
    }
}

impl Desk<'_, '_> {
    /// The dossiers of the lane, each with its money, in order.
    pub fn plain(&self) -> impl Iterator<Item = Index> {
        let all = (0..self.ledgers.len()).map(index);
        all.filter(|dossier| self.ledgers.is_plain(*dossier))
    }
}
