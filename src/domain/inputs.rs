//! What one settlement reads: the rows of a night (or of files) and the rules.

use serde::Serialize;

use super::{
    Agency, Conflict, Day, Decision, Fee, Fraction, PaymentOrder, Period, Receipt, Reject,
    SourceFacts, Target, Txn, Vnd,
};

/// Everything one settlement reads. Order does not matter: `settle` sorts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The night; none in `match`, where every fact is taken as final.
    pub business_date: Option<Day>,
    /// Agencies with validity.
    pub agencies: Vec<Agency>,
    /// Fee lines: new, open, and those of every dossier that a new row names.
    pub fees: Vec<Fee>,
    /// Payment orders of those dossiers.
    pub orders: Vec<PaymentOrder>,
    /// Receipts of those dossiers, and all of the last window days.
    pub receipts: Vec<Receipt>,
    /// Transactions: new, open, those linked to those dossiers, and gateway payments of the last
    /// window days.
    pub txns: Vec<Txn>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Ids with contradicting content; the kept version also stands in the list of its side.
    pub conflicts: Vec<Conflict>,
    /// What people decided about rows of the pool.
    pub decisions: Vec<Decision>,
    /// One entry a configured source.
    pub sources: Vec<SourceFacts>,
}

impl Inputs {
    /// Brings every list into its canonical order, so that digests do not see delivery order.
    pub fn sort(&mut self) {
        self.agencies.sort();
        self.fees.sort_by(|a, b| fee_order(a).cmp(&fee_order(b)));
        self.orders
            .sort_by(|a, b| (&a.order_id, &a.provider).cmp(&(&b.order_id, &b.provider)));
        self.receipts
            .sort_by(|a, b| a.receipt_id.cmp(&b.receipt_id));
        self.txns
            .sort_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
        self.rejects.sort();
        self.conflicts.sort();
        self.decisions.sort();
        self.sources.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Lines of a dossier in the order of the waterfall: phí, lệ phí, land, then the fee id.
fn fee_order(fee: &Fee) -> (&str, super::FeeKind, &str) {
    (fee.dossier_code.as_str(), fee.kind, fee.fee_id.as_str())
}

/// The rules; their digest enters the run id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// A night's pool holds every gateway payment and valid receipt of so many days before it: sums
    /// of older days are not looked for.
    pub window_days: u32,
    /// A gateway's batch may land this many days later.
    pub batch_days: u32,
    /// A cash deposit may land this many days after the receipts.
    pub deposit_days: u32,
    /// A payment that does not name its dossier exactly may be for it so many days after the
    /// dossier's last day; what was decided so stays open to change as long.
    pub pairing_days: u32,
    /// How far ahead of the best other pairing a scored one must be, 0-1000: 50 a bit.
    pub margin_min: u16,
    /// The provider's fee where the row does not tell it.
    pub net_rates: Vec<NetRate>,
    /// Dedicated collection accounts: (account, agency).
    pub collection_accounts: Vec<(Box<str>, Option<Box<str>>)>,
    /// Targets, the first definition carries the night's verdict.
    pub targets: Vec<Target>,
    /// Definitions to measure beside the targets'.
    pub definitions: Vec<Box<str>>,
    /// Periods to measure.
    pub periods: Vec<Period>,
    /// Go-live: what is older is an opening item, not an exception, and stays out of the shares.
    pub start: Option<Day>,
    /// The registry tells receipt numbers, so a cashless payment without one is `no_e_receipt`.
    pub e_receipts: bool,
}

/// A provider's fee: a share of the amount with a minimum, rounded half up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NetRate {
    /// The rate.
    pub rate: Fraction,
    /// At least this much.
    pub minimum: Vnd,
}

impl NetRate {
    /// The fee on `due`.
    pub fn fee_on(&self, due: Vnd) -> i128 {
        let exact = due.wide() * self.rate.num;
        let rounded = (2 * exact + self.rate.den).div_euclid(2 * self.rate.den);
        rounded.max(self.minimum.wide())
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window_days: 7,
            batch_days: 3,
            deposit_days: 3,
            pairing_days: 7,
            margin_min: 950,
            net_rates: vec![NetRate {
                rate: Fraction { num: 11, den: 1000 },
                minimum: Vnd::new(220),
            }],
            collection_accounts: Vec::new(),
            targets: Vec::new(),
            definitions: Vec::new(),
            periods: Vec::new(),
            start: None,
            e_receipts: false,
        }
    }
}
