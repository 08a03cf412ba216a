//! What one settlement reads: the rows of a night (or of files) and the rules.

use serde::{Deserialize, Serialize};

use super::{
    Agency, Conflict, Custom, Day, Decision, Dimension, Fee, FeeTable, Fraction, Grey,
    PaymentOrder, Period, Receipt, Reject, SourceFacts, Target, Txn, Vnd, sorting,
};

/// Everything one settlement reads. Order does not matter: `settle` sorts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        sort_fees(&mut self.fees);
        self.orders
            .sort_by(|a, b| (&a.order_id, &a.provider).cmp(&(&b.order_id, &b.provider)));
        let receipts = |a: &Receipt, b: &Receipt| a.receipt_id.cmp(&b.receipt_id);
        let receipt_prefix = |receipt: &Receipt| sorting::prefix(&receipt.receipt_id);
        sorting::sort(&mut self.receipts, receipt_prefix, receipts);
        self.txns
            .sort_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
        self.rejects.sort();
        self.conflicts.sort();
        self.decisions.sort();
        self.sources.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// The positions of the fees in the order of their keys, by fee id, then by dossier; the fees
    /// stand in their canonical order.
    pub fn fees_by_key(&self) -> Vec<u32> {
        self.by_fee_key((0..self.fees.len()).map(sorting::place))
    }

    /// Some positions of fees, which come in order, in the order of the keys.
    pub fn by_fee_key(&self, places: impl Iterator<Item = u32>) -> Vec<u32> {
        let id = |place: u32| self.fees[sorting::at(place)].fee_id.as_bytes();
        let keyed = places.map(|place| (sorting::prefix_of(id(place)), place));
        let mut keyed: Vec<(u128, u32)> = keyed.collect();
        keyed.sort_unstable_by(|(x, i), (y, j)| {
            let whole = || id(*i).cmp(id(*j));
            // the place is the order of the dossiers
            x.cmp(y).then_with(whole).then(i.cmp(j))
        });
        keyed.into_iter().map(|(_, place)| place).collect()
    }

    /// True when every list stands in its canonical order.
    pub fn is_sorted(&self) -> bool {
        self.agencies.is_sorted()
            && self.fees.is_sorted_by(|a, b| fee_order(a) <= fee_order(b))
            && self
                .orders
                .is_sorted_by_key(|order| (&order.order_id, &order.provider))
            && self
                .receipts
                .is_sorted_by_key(|receipt| &receipt.receipt_id)
            && self.txns.is_sorted_by_key(|txn| (&txn.source, &txn.id))
            && self.rejects.is_sorted()
            && self.conflicts.is_sorted()
            && self.decisions.is_sorted()
            && self.sources.is_sorted_by_key(|source| &source.name)
    }
}

/// Fees come sorted by dossier, or not at all.
fn sort_fees(fees: &mut [Fee]) {
    let order = |a: &Fee, b: &Fee| fee_order(a).cmp(&fee_order(b));
    if !fees.is_sorted_by(|a, b| a.dossier_code <= b.dossier_code) {
        sorting::sort(fees, |fee| fee.dossier_code.prefix(), order);
        return;
    }
    for dossier in fees.chunk_by_mut(|a, b| a.dossier_code == b.dossier_code) {
        if dossier.len() > 1 {
            dossier.sort_by(order);
        }
    }
}

/// Lines of a dossier in the order of the waterfall: phí, lệ phí, land, then the fee id.
fn fee_order(fee: &Fee) -> (&[u8], super::FeeKind, &[u8]) {
    (fee.dossier_code.as_bytes(), fee.kind, fee.fee_id.as_bytes())
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
    /// The days on which offices rest, in order, as far as tonight's sums reach; empty where no
    /// calendar is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days_off: Vec<Day>,
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
    /// By what the first target's share is broken down beside agencies; nothing costs nothing.
    pub breakdowns: Vec<Dimension>,
    /// The grey zones of "without cash".
    pub grey: Grey,
    /// What `CUSTOM` counts; none: it has no figure.
    pub custom: Option<Custom>,
    /// The procedures that have a fee in the national database; empty where nobody listed them.
    pub fee_procedures: Vec<Box<str>>,
    /// The fee table as the night knows it. It decides no class, no link and no share.
    #[serde(skip_serializing_if = "FeeTable::is_empty")]
    pub fee_table: FeeTable,
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
        self.fee_of(due.wide())
    }

    /// The same of any amount, in dong.
    pub fn fee_of(&self, due: i128) -> i128 {
        let exact = due * self.rate.num;
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
            days_off: Vec::new(),
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
            breakdowns: Vec::new(),
            grey: Grey::default(),
            custom: None,
            fee_procedures: Vec::new(),
            fee_table: FeeTable::default(),
        }
    }
}
