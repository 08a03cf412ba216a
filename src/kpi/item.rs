//! Items: the names under which rows add to a share, and how one item is spread over its scopes.

use std::collections::BTreeSet;
use std::fmt;

use crate::domain::{
    Day, DossierCode, ExceptionId, Fee, Inputs, Receipt, Reject, RowKey, Ruling, Side, Txn, Vnd,
};

use super::agencies::Agencies;
use super::origin::Origin;
use super::share::{Contribution, Elsewhere, Scope};
use super::tally::Tally;

/// The stable name of an item, made of the row that it is about where somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// A transaction.
    Txn(&'a Txn),
    /// A receipt.
    Receipt(&'a Receipt),
    /// A cash event: all receipts of one dossier, cashier and moment.
    Cash(&'a Receipt),
    /// A dossier.
    Dossier(&'a DossierCode),
    /// A fee line.
    Fee(&'a Fee),
    /// A row that could not be read, of whatever side.
    Unread(&'a Reject),
    /// As it stands.
    Text(Box<str>),
}

impl Name<'_> {
    /// The row or dossier that it tells.
    pub(super) fn origin(&self) -> Origin<'_> {
        match self {
            Self::Txn(txn) => Origin::Txn(txn.source.as_str(), &txn.id),
            Self::Unread(_) => Origin::Other,
            Self::Receipt(r) => Origin::Receipt(r.dossier_code.as_str(), &r.receipt_id),
            Self::Cash(r) => Origin::Cash(r.dossier_code.as_str(), &r.cashier),
            Self::Dossier(code) => Origin::Dossier(code.as_str()),
            Self::Fee(fee) => Origin::Line(fee.dossier_code.as_str(), fee.fee_id.as_str()),
            Self::Text(text) => Origin::parse(text),
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Txn(txn) => write!(f, "txn|{}|{}", txn.source, txn.id),
            Self::Unread(row) => {
                let key = row.key();
                write!(f, "unread|{}|{}|{}", key.side.id(), key.source, key.id)
            }
            Self::Receipt(r) => write!(f, "receipt|{}|{}", r.dossier_code, r.receipt_id),
            Self::Cash(r) => {
                let (code, moment) = (&r.dossier_code, r.collected_at.ms());
                write!(f, "cash|{code}|{}|{moment}", r.cashier)
            }
            Self::Dossier(code) => write!(f, "dossier|{code}"),
            Self::Fee(fee) => write!(f, "fee|{}|{}", fee.dossier_code, fee.fee_id),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// One item before it is spread over its scopes.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// The definition's id.
    pub definition: &'static str,
    /// Stable name.
    pub name: Name<'a>,
    /// The day that decides its period.
    pub day: Day,
    /// The exceptions that settling would decide.
    pub exceptions: Vec<ExceptionId>,
    /// True when its outcomes depend on another item's.
    pub coupled: bool,
    /// What it may add on other days.
    pub elsewhere: Vec<Elsewhere>,
    /// True of money and dossiers of the lane: what it adds follows from the row alone.
    pub plain: bool,
}

impl<'a> Item<'a> {
    /// An item of the lane.
    pub fn plain(definition: &'static str, name: Name<'a>, day: Day) -> Self {
        Self {
            plain: true,
            ..Self::new(definition, name, day, Vec::new())
        }
    }

    /// An item of one day whose outcomes are its own affair.
    pub fn new(
        definition: &'static str,
        name: Name<'a>,
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
            plain: false,
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
            item: self.name.to_string().into(),
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
    pub fn spread(&self, agencies: &Agencies, outcomes: &[(i64, i64)], out: &mut Tally) {
        out.total(self, outcomes);
        for agency in agencies.iter() {
            out.agency(self, agency, outcomes);
        }
    }

    /// Money that went back, of a payment that counts (cashless, or counter cash returned by
    /// transfer) or of none: in the agencies that it names, or possibly in any. The payment has its
    /// own day, one of `days`. Which payment it would take hangs on other rows; that it takes no
    /// more than there is, the bounds see to.
    pub fn may_go_back(mut self, agencies: &Agencies, v: i64, days: (Day, Day), out: &mut Tally) {
        self.sometime(days, &[(-v, -v), (0, -v)]);
        self.coupled = true;
        if agencies.is_empty() {
            self.anywhere(&[(0, 0)], out);
        } else {
            self.spread(agencies, &[(0, 0)], out);
        }
    }

    /// Once in the total and possibly in any agency.
    pub fn anywhere(&self, outcomes: &[(i64, i64)], out: &mut Tally) {
        out.total(self, outcomes);
        out.any_agency(self, outcomes);
    }
}

/// The rows that could not be read and are no fee by a person's word, each with its amount then.
/// Looked for once: each row asks for them.
pub fn no_fees(inputs: &Inputs) -> BTreeSet<(&RowKey, Vnd)> {
    let rulings = inputs.decisions.iter();
    let no_fee = rulings
        .filter(|decision| decision.ruling == Ruling::NotFee && &*decision.class_then == "reject");
    no_fee.map(|of| (&of.row, of.amount_then)).collect()
}

/// The name of a row that could not be read. None for a transaction of which the row in good order
/// is here already, and where a person ruled that it is no fee: it came under another name, or is
/// none. That nobody follows it any more tells nothing of what it was.
pub fn reject_name<'a>(
    inputs: &Inputs,
    no_fees: &BTreeSet<(&RowKey, Vnd)>,
    reject: &'a Reject,
) -> Option<Name<'a>> {
    let at = (reject.source.as_str(), &*reject.id);
    let order = |t: &Txn| (t.source.as_str(), &*t.id).cmp(&at);
    let read = reject.side == Side::Txn && inputs.txns.binary_search_by(order).is_ok();
    let gone = no_fees.contains(&(&reject.key(), reject.amount.unwrap_or_default()));
    (!read && !gone).then_some(Name::Unread(reject))
}
