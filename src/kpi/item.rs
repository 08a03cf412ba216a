//! Items: the names under which rows add to a share, and how one item is spread over its scopes.

use std::collections::BTreeSet;

use crate::domain::{AgencyCode, Day, ExceptionId, Inputs, Receipt, Reject, Txn};

use super::share::{Contribution, Elsewhere, Scope};

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
    /// What it may add on other days.
    pub elsewhere: Vec<Elsewhere>,
}

impl Item {
    /// An item of one day whose outcomes are its own affair.
    pub fn new(
        definition: &'static str,
        name: String,
        day: Day,
        exceptions: Vec<ExceptionId>,
    ) -> Self {
        Self {
            definition,
            name,
            day,
            exceptions,
            coupled: false,
            elsewhere: Vec::new(),
        }
    }

    /// Each of the outcomes that adds something may also fall on another day of the span.
    pub fn sometime(&mut self, (from, to): (Day, Day), outcomes: &[(i64, i64)]) {
        if (from, to) == (self.day, self.day) || to < from {
            return;
        }
        let outcomes = outcomes.iter().copied().filter(|pair| *pair != (0, 0));
        self.elsewhere
            .extend(outcomes.map(|outcome| Elsewhere { from, to, outcome }));
        self.elsewhere.sort_unstable();
        self.elsewhere.dedup();
    }

    /// The contribution in one scope.
    pub fn within(&self, scope: Scope, outcomes: Vec<(i64, i64)>) -> Contribution {
        let open = outcomes.len() > 1 || !self.elsewhere.is_empty();
        Contribution {
            definition: self.definition,
            item: self.name.as_str().into(),
            scope,
            day: self.day,
            outcomes,
            elsewhere: self.elsewhere.clone(),
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

    /// Money that went back, of a payment that counts (cashless, or counter cash returned by
    /// transfer) or of none: in the agencies that it names, or possibly in any. The payment has its
    /// own day, one of `days`. Which payment it would take hangs on other rows; that it takes no
    /// more than there is, the bounds see to.
    pub fn may_go_back(
        mut self,
        agencies: &BTreeSet<AgencyCode>,
        v: i64,
        days: (Day, Day),
        out: &mut Vec<Contribution>,
    ) {
        self.sometime(days, &[(-v, -v), (0, -v)]);
        self.coupled = true;
        if agencies.is_empty() {
            self.anywhere(&[(0, 0)], out);
        } else {
            self.spread(agencies, &[(0, 0)], out);
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
