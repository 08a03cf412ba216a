//! What definitions look at: the desk with its ledgers, the classes, and helpers that turn rows
//! into contributions.

use std::collections::BTreeSet;

use crate::classify::{Classified, Places};
use crate::domain::{AgencyCode, Day, ExceptionId, Inputs, Receipt, RowKey, Txn};
use crate::matching::desk::{Desk, Money};
use crate::matching::ledger::{Entry, Ledger};
use crate::matching::pool::{Index, Pool, at};

use super::share::{Contribution, Scope};

/// Everything a definition may look at.
pub struct Facts<'f, 'a> {
    /// Rows and rules.
    pub pool: &'f Pool<'a>,
    /// The desk after all passes.
    pub desk: &'f Desk<'f, 'a>,
    /// Every row with its class, sorted by key.
    pub rows: &'f [Classified],
    /// Where each money row stands in the ledgers.
    pub places: Places,
    /// True when some money source is not complete: unseen money is possible.
    pub unseen_money: bool,
    /// Amounts of credits that name no dossier for certain.
    pub open_credits: BTreeSet<i128>,
}

/// The classes of credits whose dossier is open.
pub const OPEN_CREDITS: [&str; 5] = [
    "unidentified",
    "orphan",
    "foreign",
    "near_reference",
    "ambiguous",
];

impl<'f, 'a> Facts<'f, 'a> {
    /// Collects the facts.
    pub fn new(desk: &'f Desk<'f, 'a>, rows: &'f [Classified]) -> Self {
        let pool = desk.pool;
        let complete = crate::domain::Completeness::Complete;
        let unseen = |s: &crate::domain::SourceFacts| s.carries_money && s.state != complete;
        let open = rows.iter().filter(|row| OPEN_CREDITS.contains(&row.class));
        Self {
            pool,
            desk,
            rows,
            places: Places::new(desk),
            unseen_money: pool.inputs.sources.iter().any(unseen),
            open_credits: open.map(|row| row.amount.wide()).collect(),
        }
    }

    /// The row with this key.
    pub fn row(&self, key: &RowKey) -> Option<&'f Classified> {
        let found = self.rows.binary_search_by(|row| row.key.cmp(key)).ok()?;
        self.rows.get(found)
    }

    /// The exception of a row, as the list that settling it would decide.
    pub fn exceptions(&self, key: &RowKey) -> Vec<ExceptionId> {
        self.row(key)
            .and_then(|row| row.exception_id.clone())
            .into_iter()
            .collect()
    }

    /// The ledger entries of a money row.
    pub fn entries(&self, money: Money) -> Vec<(Index, &'f Ledger, &'f Entry)> {
        let places = match money {
            Money::Txn(i) => &self.places.txns[at(i)],
            Money::Receipt(i) => &self.places.receipts[at(i)],
        };
        let ledgers = &self.desk.ledgers;
        places
            .iter()
            .map(|(dossier, e)| {
                let ledger = &ledgers[at(*dossier)];
                (*dossier, ledger, &ledger.entries[*e])
            })
            .collect()
    }

    /// The agencies of the lines that an entry settled, land obligations left out; the dossier's
    /// own when it settled none.
    pub fn agencies(&self, dossier: Index, ledger: &Ledger, entry: &Entry) -> BTreeSet<AgencyCode> {
        if entry.parts.is_empty() {
            return BTreeSet::from([self.pool.dossier(dossier).agency.clone()]);
        }
        let lines = entry.parts.iter().map(|(l, _)| ledger.lines[*l].fee);
        let counted = lines.filter(|line| !self.pool.is_land(*line));
        counted
            .map(|line| self.pool.fee(line).agency_code.clone())
            .collect()
    }

    /// The agencies of dossiers.
    pub fn agencies_of(&self, dossiers: &[Index]) -> BTreeSet<AgencyCode> {
        dossiers
            .iter()
            .map(|d| self.pool.dossier(*d).agency.clone())
            .collect()
    }
}

/// One item before it is spread over its scopes.
pub struct Item {
    /// The definition's id.
    pub definition: &'static str,
    /// Stable name.
    pub name: String,
    /// The day that decides its period.
    pub day: Day,
    /// The exceptions that settling would decide.
    pub exceptions: Vec<ExceptionId>,
    /// True when its outcomes depend on another item's.
    pub coupled: bool,
}

impl Item {
    /// The contribution in one scope.
    pub fn within(&self, scope: Scope, outcomes: Vec<(i64, i64)>) -> Contribution {
        let open = outcomes.len() > 1;
        Contribution {
            definition: self.definition,
            item: self.name.as_str().into(),
            scope,
            day: self.day,
            outcomes,
            coupled: self.coupled,
            exceptions: if open {
                self.exceptions.clone()
            } else {
                Vec::new()
            },
        }
    }

    /// Once in the total and once in each agency.
    pub fn spread(
        &self,
        agencies: &BTreeSet<AgencyCode>,
        outcomes: &[(i64, i64)],
        out: &mut Vec<Contribution>,
    ) {
        out.push(self.within(Scope::Total, outcomes.to_vec()));
        let scopes = agencies.iter().map(|agency| Scope::Agency(agency.clone()));
        out.extend(scopes.map(|scope| self.within(scope, outcomes.to_vec())));
    }

    /// Once in the total and possibly in any agency.
    pub fn anywhere(&self, outcomes: &[(i64, i64)], out: &mut Vec<Contribution>) {
        out.push(self.within(Scope::Total, outcomes.to_vec()));
        out.push(self.within(Scope::AnyAgency, outcomes.to_vec()));
    }
}

/// The item name of a transaction.
pub fn txn_item(txn: &Txn) -> String {
    format!("txn|{}|{}", txn.source, txn.id)
}

/// The item name of a receipt.
pub fn receipt_item(receipt: &Receipt) -> String {
    format!("receipt|{}|{}", receipt.dossier_code, receipt.receipt_id)
}

/// The item name of a cash event: all receipts of one dossier, cashier and moment.
pub fn cash_item(receipt: &Receipt) -> String {
    format!(
        "cash|{}|{}|{}",
        receipt.dossier_code,
        receipt.cashier,
        receipt.collected_at.ms()
    )
}

/// Every item name that rows of these inputs can have: contributions of earlier nights under these
/// names are replaced by tonight's.
pub fn pool_items(inputs: &Inputs) -> BTreeSet<String> {
    let mut items: BTreeSet<String> = inputs.txns.iter().map(txn_item).collect();
    items.extend(
        inputs
            .receipts
            .iter()
            .flat_map(|r| [receipt_item(r), cash_item(r)]),
    );
    for fee in &inputs.fees {
        items.insert(format!("fee|{}|{}", fee.dossier_code, fee.fee_id));
        items.insert(format!("dossier|{}", fee.dossier_code));
    }
    items
}
