//! Where an item comes from: its money, its dossiers, their lines. Read from the item's name and
//! from the legs.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::domain::grey::payer_on;
use crate::domain::{
    AgencyDirectory, Cell, Day, DeclaredMethod, Dimension, Fee, Grey, GreyZone, Inputs, Rules,
    Side, Txn,
};
use crate::matching::{Leg, MatchGroup, Role};

/// The row or dossier that an item's name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin<'n> {
    /// A transaction: source and id.
    Txn(&'n str, &'n str),
    /// Counter cash of a dossier: the code, the cashier with the moment.
    Cash(&'n str, &'n str),
    /// One receipt of a dossier: the code, its id.
    Receipt(&'n str, &'n str),
    /// A dossier.
    Dossier(&'n str),
    /// A fee line of a dossier that nobody has seen paid.
    Line(&'n str, &'n str),
    /// Anything else.
    Other,
}

impl<'n> Origin<'n> {
    /// Reads the name of an item.
    pub(super) fn parse(name: &'n str) -> Self {
        let (kind, rest) = name.split_once('|').unwrap_or((name, ""));
        let (first, then) = rest.split_once('|').unwrap_or((rest, ""));
        match kind {
            "txn" => Self::Txn(first, then),
            "cash" => Self::Cash(first, then),
            "receipt" => Self::Receipt(first, then),
            "dossier" => Self::Dossier(first),
            "fee" => Self::Line(first, then),
            _ => Self::Other,
        }
    }
}

/// The dossiers of a certified set, and the place of one of its payments.
type InSet<'a> = (Rc<[&'a str]>, usize);

/// The rows by what items name.
pub(super) struct Origins<'a> {
    /// All agencies.
    pub(super) directory: AgencyDirectory,
    txns: FxHashMap<(&'a str, &'a str), &'a Txn>,
    lines: FxHashMap<&'a str, Vec<&'a Fee>>,
    of_money: FxHashMap<(&'a str, &'a str), Vec<&'a Leg>>,
    of_dossier: FxHashMap<&'a str, Vec<&'a Leg>>,
    /// The certified set that a payment is of: its dossiers, and the payment's place among those
    /// of the set.
    sets: FxHashMap<(&'a str, &'a str), InSet<'a>>,
    /// The payments of the certified set that a dossier is of.
    set_of: FxHashMap<&'a str, Rc<[(&'a str, &'a str)]>>,
    /// The receipts of each cash event.
    events: FxHashMap<(&'a str, String), Vec<&'a str>>,
    /// The legs of each receipt, by its dossier and id.
    of_receipt: FxHashMap<(&'a str, &'a str), Vec<&'a Leg>>,
    /// The dossiers that a payer paid for on a day.
    together: FxHashMap<(String, Day), BTreeSet<&'a str>>,
}

impl<'a> Origins<'a> {
    pub(super) fn new(inputs: &'a Inputs, rules: &Rules, groups: &'a [MatchGroup]) -> Self {
        let mut all = Self {
            directory: AgencyDirectory::new(inputs.agencies.iter().cloned()),
            txns: FxHashMap::default(),
            lines: FxHashMap::default(),
            of_money: FxHashMap::default(),
            of_dossier: FxHashMap::default(),
            sets: FxHashMap::default(),
            set_of: FxHashMap::default(),
            events: FxHashMap::default(),
            of_receipt: FxHashMap::default(),
            together: FxHashMap::default(),
        };
        for txn in &inputs.txns {
            all.txns.insert((txn.source.as_str(), &*txn.id), txn);
        }
        for fee in &inputs.fees {
            let lines = all.lines.entry(fee.dossier_code.as_str());
            lines.or_default().push(fee);
        }
        for receipt in &inputs.receipts {
            let event = format!("{}|{}", receipt.cashier, receipt.collected_at.ms());
            let of = all.events.entry((receipt.dossier_code.as_str(), event));
            of.or_default().push(&*receipt.receipt_id);
        }
        for group in groups {
            all.add(group);
        }
        if rules.grey.counts_dossiers() {
            all.count_together(inputs);
        }
        all
    }

    fn add(&mut self, group: &'a MatchGroup) {
        if group.is_set() {
            self.add_set(group);
        }
        for leg in &group.legs {
            let money = (leg.money.source.as_str(), &*leg.money.id);
            if !matches!(leg.role, Role::Settles | Role::Duplicate | Role::Surplus) {
                continue;
            }
            if leg.money.side == Side::Txn {
                self.of_money.entry(money).or_default().push(leg);
            }
            if let Some(dossier) = &leg.dossier_code {
                let legs = self.of_dossier.entry(dossier.as_str());
                legs.or_default().push(leg);
                if leg.money.side == Side::Receipt {
                    let legs = self.of_receipt.entry((dossier.as_str(), money.1));
                    legs.or_default().push(leg);
                }
            }
        }
    }

    fn add_set(&mut self, group: &'a MatchGroup) {
        let dossiers = group.legs.iter().filter(|leg| leg.fee_id.is_some());
        let dossiers = dossiers.filter_map(|leg| leg.dossier_code.as_ref());
        let dossiers: BTreeSet<&str> = dossiers.map(|code| code.as_str()).collect();
        let dossiers: Rc<[&str]> = dossiers.into_iter().collect();
        let payments = group.legs.iter().filter(|leg| leg.money.side == Side::Txn);
        let payments = payments.map(|leg| (leg.money.source.as_str(), &*leg.money.id));
        let payments: Rc<[(&str, &str)]> = payments.collect();
        for dossier in dossiers.iter() {
            self.set_of.insert(*dossier, payments.clone());
        }
        for (place, money) in payments.iter().enumerate() {
            self.sets.insert(*money, (dossiers.clone(), place));
        }
    }

    fn count_together(&mut self, inputs: &'a Inputs) {
        for txn in &inputs.txns {
            let legs = self.of_money.get(&(txn.source.as_str(), &*txn.id));
            let dossiers = legs.into_iter().flatten();
            let dossiers = dossiers.filter_map(|leg| leg.dossier_code.as_ref());
            if let Some(payer) = payer_on(txn) {
                let paid = self.together.entry(payer).or_default();
                paid.extend(dossiers.map(|code| code.as_str()));
            }
        }
    }

    /// The transaction of this source and id.
    pub(super) fn txn(&self, money: (&str, &str)) -> Option<&'a Txn> {
        self.txns.get(&money).copied()
    }

    /// The payments that settle lines of a dossier; of one in a certified set all of the set, and
    /// true.
    pub(super) fn money_of_dossier(&self, code: &str) -> (Vec<(&'a str, &'a str)>, bool) {
        if let Some(payments) = self.set_of.get(code) {
            return (payments.to_vec(), true);
        }
        let legs = self.of_dossier.get(code).into_iter().flatten();
        let legs = legs.filter(|leg| leg.role == Role::Settles && leg.money.side == Side::Txn);
        let money = legs.map(|leg| (leg.money.source.as_str(), &*leg.money.id));
        (money.collect(), false)
    }

    /// The number of dossiers that a payment's payer paid for on its day.
    pub(super) fn paid_together(&self, txn: &Txn) -> usize {
        let paid = payer_on(txn).and_then(|payer| self.together.get(&payer));
        paid.map_or(0, BTreeSet::len)
    }

    fn lines(&self, dossier: &str) -> &[&'a Fee] {
        self.lines.get(dossier).map_or(&[], Vec::as_slice)
    }

    /// The line that a leg is for.
    fn line(&self, leg: &Leg) -> Option<&'a Fee> {
        let (dossier, id) = leg.dossier_code.as_ref().zip(leg.fee_id.as_ref())?;
        let lines = self.lines(dossier.as_str());
        lines.iter().copied().find(|fee| fee.fee_id == *id)
    }

    /// The procedures or fields of an item, with the dong of its legs; none where nobody knows.
    pub(super) fn lines_of(
        &self,
        origin: &Origin<'_>,
        dimension: Dimension,
    ) -> BTreeMap<Box<str>, i128> {
        let mut values: BTreeMap<Box<str>, i128> = BTreeMap::new();
        let mut add = |fee: &Fee, dong: i128| {
            *values
                .entry(Cell::of_line(fee, dimension).into())
                .or_default() += dong;
        };
        let mut legs = |legs: Option<&Vec<&'a Leg>>| {
            for leg in legs.into_iter().flatten() {
                if let Some(fee) = self.line(leg) {
                    let settles = leg.role == Role::Settles;
                    add(fee, if settles { leg.amount.wide() } else { 0 });
                }
            }
        };
        match *origin {
            Origin::Txn(source, id) => {
                legs(self.of_money.get(&(source, id)));
                if let Some((dossiers, _)) = self.sets.get(&(source, id)) {
                    let lines = dossiers.iter().flat_map(|dossier| self.lines(dossier));
                    lines.for_each(|fee| add(fee, 0));
                }
            }
            Origin::Receipt(dossier, id) => legs(self.of_receipt.get(&(dossier, id))),
            Origin::Cash(dossier, event) => {
                let receipts = self.events.get(&(dossier, event.to_owned()));
                for id in receipts.into_iter().flatten() {
                    legs(self.of_receipt.get(&(dossier, *id)));
                }
            }
            Origin::Dossier(dossier) => {
                self.lines(dossier).iter().for_each(|fee| add(fee, 0));
            }
            Origin::Line(dossier, id) => {
                let mut lines = self.lines(dossier).iter();
                let line = lines.find(|fee| fee.fee_id.as_str() == id);
                if let Some(fee) = line {
                    add(fee, 0);
                }
            }
            Origin::Other => {}
        }
        if let (true, Origin::Receipt(dossier, _) | Origin::Cash(dossier, _)) =
            (values.is_empty(), *origin)
        {
            // linked to no line: it may be of each of the dossier
            for fee in self.lines(dossier) {
                values
                    .entry(Cell::of_line(fee, dimension).into())
                    .or_default();
            }
        }
        values
    }

    /// The cell in which a payment of a certified set stands: that of the dossier at its own
    /// place among those of the set. Which it paid nobody knows; how many stand in each cell
    /// is certain.
    pub(super) fn place_in_set(
        &self,
        origin: &Origin<'_>,
        dimension: Dimension,
    ) -> Option<Box<str>> {
        let Origin::Txn(source, id) = *origin else {
            return None;
        };
        let (dossiers, place) = self.sets.get(&(source, id))?;
        let fee = self.lines(dossiers.get(*place)?).first()?;
        Some(Cell::of_line(fee, dimension).into())
    }

    /// The sources or the means of an item's money; none where nobody knows.
    pub(super) fn money_of(&self, origin: &Origin<'_>, dimension: Dimension) -> BTreeSet<Box<str>> {
        match *origin {
            Origin::Txn(source, _) if dimension == Dimension::Source => {
                BTreeSet::from([source.into()])
            }
            Origin::Txn(source, id) => {
                let means = self.means((source, id));
                means.into_iter().map(Into::into).collect()
            }
            Origin::Cash(..) | Origin::Receipt(..) => BTreeSet::from(["cash".into()]),
            Origin::Dossier(dossier) => {
                let legs = self.of_dossier.get(dossier).into_iter().flatten();
                let settles = legs.filter(|leg| leg.role == Role::Settles);
                let value = |leg: &&Leg| -> Option<Box<str>> {
                    let money = (leg.money.source.as_str(), &*leg.money.id);
                    match (leg.money.side, dimension) {
                        (Side::Txn, Dimension::Source) => Some(money.0.into()),
                        (Side::Txn, _) => self.means(money).map(Into::into),
                        _ => Some("cash".into()),
                    }
                };
                settles.filter_map(value).collect()
            }
            Origin::Line(..) | Origin::Other => BTreeSet::new(),
        }
    }

    /// The means that the one-stop system declared for the first line that it settled, where that
    /// is a cashless one, else the provider's.
    fn means(&self, money: (&str, &str)) -> Option<&'static str> {
        let legs = self.of_money.get(&money).into_iter().flatten();
        let lines = legs.filter_map(|leg| self.line(leg));
        let declared = lines.map(|fee| fee.declared_method);
        let told = |method: &DeclaredMethod| !method.is_cash() && *method != DeclaredMethod::None;
        let own = self.txns.get(&money).map(|txn| txn.instrument.id());
        let mut declared = declared;
        declared.find(told).map(DeclaredMethod::id).or(own)
    }

    /// The grey zones of an item's money.
    pub(super) fn zones_of(&self, origin: &Origin<'_>, grey: &Grey) -> BTreeSet<GreyZone> {
        let zone = |money: (&str, &str)| {
            let txn = self.txns.get(&money)?;
            grey.zone(txn, self.paid_together(txn))
        };
        match *origin {
            Origin::Txn(source, id) => zone((source, id)).into_iter().collect(),
            Origin::Dossier(dossier) => {
                let legs = self.of_dossier.get(dossier).into_iter().flatten();
                let legs =
                    legs.filter(|leg| leg.role == Role::Settles && leg.money.side == Side::Txn);
                let money = |leg: &&Leg| zone((leg.money.source.as_str(), &*leg.money.id));
                legs.filter_map(money).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}
