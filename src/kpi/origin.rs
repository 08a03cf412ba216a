//! Where an item comes from: its money, its dossiers, their lines. Read from the item's name and
//! from the legs.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Counter cash of a dossier.
    Cash(&'n str),
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
            "cash" | "receipt" => Self::Cash(first),
            "dossier" => Self::Dossier(first),
            "fee" => Self::Line(first, then),
            _ => Self::Other,
        }
    }
}

/// The rows by what items name.
pub(super) struct Origins<'a> {
    /// All agencies.
    pub(super) directory: AgencyDirectory,
    txns: FxHashMap<(&'a str, &'a str), &'a Txn>,
    lines: FxHashMap<&'a str, Vec<&'a Fee>>,
    of_money: FxHashMap<(&'a str, &'a str), Vec<&'a Leg>>,
    of_dossier: FxHashMap<&'a str, Vec<&'a Leg>>,
    /// The lines of the certified set that a payment is of.
    sets: FxHashMap<(&'a str, &'a str), Vec<&'a str>>,
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
            together: FxHashMap::default(),
        };
        for txn in &inputs.txns {
            all.txns.insert((txn.source.as_str(), &*txn.id), txn);
        }
        for fee in &inputs.fees {
            let lines = all.lines.entry(fee.dossier_code.as_str());
            lines.or_default().push(fee);
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
        let set = group.is_set();
        let dossiers = group.legs.iter().filter(|leg| leg.fee_id.is_some());
        let dossiers = dossiers.filter_map(|leg| leg.dossier_code.as_ref());
        let dossiers: Vec<&str> = dossiers.map(|code| code.as_str()).collect();
        for leg in &group.legs {
            let money = (leg.money.source.as_str(), &*leg.money.id);
            if set && leg.money.side == Side::Txn {
                self.sets.insert(money, dossiers.clone());
            }
            if !matches!(leg.role, Role::Settles | Role::Duplicate | Role::Surplus) {
                continue;
            }
            if leg.money.side == Side::Txn {
                self.of_money.entry(money).or_default().push(leg);
            }
            if let Some(dossier) = &leg.dossier_code {
                let legs = self.of_dossier.entry(dossier.as_str());
                legs.or_default().push(leg);
            }
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

    fn paid_together(&self, txn: &Txn) -> usize {
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
            let value = match dimension {
                Dimension::Field => fee.more.field_code.as_deref().unwrap_or(""),
                _ => &*fee.procedure_code,
            };
            let value = if value.is_empty() {
                Cell::NOT_TOLD
            } else {
                value
            };
            *values.entry(value.into()).or_default() += dong;
        };
        match *origin {
            Origin::Txn(source, id) => {
                for leg in self.of_money.get(&(source, id)).into_iter().flatten() {
                    if let Some(fee) = self.line(leg) {
                        let settles = leg.role == Role::Settles;
                        add(fee, if settles { leg.amount.wide() } else { 0 });
                    }
                }
                for dossier in self.sets.get(&(source, id)).into_iter().flatten() {
                    self.lines(dossier).iter().for_each(|fee| add(fee, 0));
                }
            }
            Origin::Cash(dossier) | Origin::Dossier(dossier) => {
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
        values
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
            Origin::Cash(_) => BTreeSet::from(["cash".into()]),
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
