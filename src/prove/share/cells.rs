//! The breakdowns, item by item: each item of the broken down definition stands in every table,
//! where its row says it stands, and with what it adds to the total.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, text};
use super::{pairs, shown, told};
use crate::domain::{Cell, Dimension, Grey, GreyZone, Side, Treat, Txn};
use crate::kpi::{Contribution, Scope};
use crate::matching::Role;
use places::{Lies, Places};

/// The definition that is broken down: the first target's.
pub(super) fn broken_down<'a>(books: &Books<'a>) -> &'a str {
    let first = books.rules.targets.first();
    first.map_or("TX_CASHLESS", |target| &target.definition)
}

/// What stands in the cell of an item.
fn cell(item: &Contribution) -> Option<&Cell> {
    match &item.scope {
        Scope::Cell(cell) => Some(cell),
        _ => None,
    }
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    if books.rules.breakdowns.is_empty() {
        return;
    }
    let definition = broken_down(books);
    let all = books.settlement.contributions.iter();
    let mut items: BTreeMap<&str, Vec<&Contribution>> = BTreeMap::new();
    for item in all.filter(|item| item.definition == definition) {
        items.entry(&item.item).or_default().push(item);
    }
    let places = Places::new(books);
    for (name, found) in items {
        let Some(total) = found.iter().find(|item| item.scope == Scope::Total) else {
            continue; // counted in cells of its own, or `items` says so
        };
        for dimension in &books.rules.breakdowns {
            let of = |item: &&Contribution| cell(item).is_some_and(|c| c.dimension == *dimension);
            let mine: Vec<&Contribution> = found.iter().copied().filter(of).collect();
            let wanted = places.wanted(*dimension, total, &found);
            let treated = places.greys.treat(definition, name).is_some();
            let blind = treated && *dimension == Dimension::Grey;
            if is_wanted(&wanted, &mine, blind) && mine.iter().all(|c| c.day == total.day) {
                continue;
            }
            let what = text(
                "khoản trong bảng phân tổ phải đúng với khoản trong tổng",
                "a cell holds what its item adds",
            );
            let say = |of: &Lies| format!("[{}] {:?}", of.value, of.outcomes);
            let wanted = wanted.iter().map(say).collect::<Vec<_>>().join(" ");
            let about = told(definition, name);
            findings.add(Invariant::Item, about, what, wanted, shown(&mine));
        }
    }
}

/// The cells are those that are wanted, each with what is wanted there; `blind`: what it adds is
/// not told.
fn is_wanted(wanted: &[Lies], found: &[&Contribution], blind: bool) -> bool {
    let value = |item: &Contribution| cell(item).map(|cell| cell.value.clone());
    let same = |of: &Lies| {
        let mut mine = found
            .iter()
            .filter(|item| value(item).as_deref() == Some(&*of.value));
        let fits = |item: &&Contribution| {
            let adds = item.outcomes == of.outcomes && item.elsewhere == of.elsewhere;
            blind || (adds && item.coupled == of.coupled)
        };
        mine.next().is_some_and(fits) && mine.next().is_none()
    };
    wanted.iter().all(same) && found.len() == wanted.len()
}

/// The payments that count otherwise than they look, by the settings of the grey zones.
pub(super) struct Greys<'a> {
    grey: &'a Grey,
    txns: BTreeMap<(&'a str, &'a str), &'a Txn>,
    /// The dossiers of each transaction, and the transactions of each dossier.
    dossiers: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    money: BTreeMap<&'a str, BTreeSet<(&'a str, &'a str)>>,
    together: BTreeMap<(String, crate::domain::Day), BTreeSet<&'a str>>,
}

impl<'a> Greys<'a> {
    pub(super) fn new(books: &Books<'a>) -> Self {
        let mut all = Self {
            grey: &books.rules.grey,
            txns: BTreeMap::new(),
            dossiers: BTreeMap::new(),
            money: BTreeMap::new(),
            together: BTreeMap::new(),
        };
        if !all.grey.changes() && !books.rules.breakdowns.contains(&Dimension::Grey) {
            return all;
        }
        for leg in books.settlement.groups.iter().flat_map(|group| &group.legs) {
            let links = matches!(leg.role, Role::Settles | Role::Duplicate | Role::Surplus);
            let Some(dossier) = leg.dossier_code.as_ref().filter(|_| links) else {
                continue;
            };
            let key = (leg.money.source.as_str(), &*leg.money.id);
            if leg.money.side == Side::Txn {
                all.dossiers
                    .entry(key)
                    .or_default()
                    .insert(dossier.as_str());
                if leg.role == Role::Settles {
                    all.money.entry(dossier.as_str()).or_default().insert(key);
                }
            }
        }
        for txn in &books.inputs.txns {
            let key = (txn.source.as_str(), &*txn.id);
            all.txns.insert(key, txn);
            let payer = crate::domain::fold::fold_name(&txn.payer);
            if !payer.is_empty() {
                let paid = all.dossiers.get(&key).into_iter().flatten();
                let together = all.together.entry((payer, txn.paid_on)).or_default();
                together.extend(paid.copied());
            }
        }
        all
    }

    fn zone(&self, key: (&str, &str)) -> Option<GreyZone> {
        let txn = self.txns.get(&key)?;
        let payer = crate::domain::fold::fold_name(&txn.payer);
        let together = self.together.get(&(payer, txn.paid_on));
        self.grey.zone(txn, together.map_or(0, BTreeSet::len))
    }

    /// The zones of an item's money.
    fn zones(&self, item: &str) -> Vec<GreyZone> {
        let parts: Vec<&str> = item.splitn(3, '|').collect();
        match parts.as_slice() {
            ["txn", source, id] => self.zone((source, id)).into_iter().collect(),
            ["dossier", code] => {
                let of = self.money.get(code).into_iter().flatten();
                of.filter_map(|key| self.zone(*key)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How an item counts by the zones of its money; none where they change nothing.
    pub(super) fn treat(&self, definition: &str, item: &str) -> Option<Treat> {
        let money = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];
        if !self.grey.changes() || !money.contains(&definition) {
            return None;
        }
        let zones = self.zones(item);
        let treats = zones.iter().filter_map(|zone| self.grey.rule(*zone));
        let treats: Vec<Treat> = treats.map(|rule| rule.treat).collect();
        [Treat::Out, Treat::Cash]
            .into_iter()
            .find(|treat| treats.contains(treat))
    }
}

/// True when what an item adds is as its grey zone has it.
pub(super) fn is_treated(treat: Treat, found: &[&Contribution]) -> bool {
    let fits = |(a, b): (i64, i64)| match treat {
        Treat::Out => a <= 0 && (b <= 0 || a == 0),
        _ => a <= 0,
    };
    found.iter().all(|item| pairs(item).all(fits))
}
