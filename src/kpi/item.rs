//! Items: the names under which rows add to a share, and how one item is spread over its scopes.

use std::collections::BTreeSet;

use crate::domain::{AgencyCode, Day, ExceptionId, Inputs, Receipt, Reject, Txn};

use super::share::{Contribution, Scope};

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

    /// Money that went back, of a payment that counts or of none: in the agencies that it names, or
    /// possibly in any. Which payment it would take hangs on other rows.
    pub fn may_go_back(
        &self,
        agencies: &BTreeSet<AgencyCode>,
        v: i64,
        out: &mut Vec<Contribution>,
    ) {
        let coupled = Self {
            definition: self.definition,
            name: self.name.clone(),
            day: self.day,
            exceptions: self.exceptions.clone(),
            coupled: true,
        };
        let outcomes = [(0, 0), (-v, -v)];
        if agencies.is_empty() {
            coupled.anywhere(&outcomes, out);
        } else {
            coupled.spread(agencies, &outcomes, out);
        }
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

/// The item name of a row of the money side that could not be read, as if it were a transaction:
/// the row in good order takes its place. None where that row is here already.
pub fn reject_item(inputs: &Inputs, reject: &Reject) -> Option<String> {
    let key = reject.key();
    let at = (key.source.as_str(), &*key.id);
    let order = |t: &Txn| (t.source.as_str(), &*t.id).cmp(&at);
    let read = inputs.txns.binary_search_by(order).is_ok();
    (!read).then(|| format!("txn|{}|{}", key.source, key.id))
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
