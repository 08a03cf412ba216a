//! The breakdowns, item by item: each item of the broken down definition stands in every table,
//! where its row says it stands, and with what it adds to the total.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, text};
use super::{pairs, shown, told};
use crate::domain::{Cell, Dimension, Grey, GreyZone, Side, Treat, Txn};
use crate::kpi::{Contribution, Scope};
use crate::matching::Role;

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
    for (name, found) in items {
        let total = found.iter().find(|item| item.scope == Scope::Total);
        let cells = |dimension: Dimension| -> Vec<&Contribution> {
            let of = |item: &&Contribution| cell(item).is_some_and(|c| c.dimension == dimension);
            found.iter().copied().filter(of).collect()
        };
        let mut say = |what: (&'static str, &'static str), expected: String, was: String| {
            let about = told(definition, name);
            findings.add(Invariant::Item, about, text(what.0, what.1), expected, was);
        };
        for dimension in &books.rules.breakdowns {
            let mine = cells(*dimension);
            let nothing = total.is_none_or(|total| pairs(total).all(|pair| pair == (0, 0)));
            let grey = *dimension == Dimension::Grey;
            if (mine.is_empty() != nothing && !grey) || (nothing && !mine.is_empty() && !grey) {
                let what = (
                    "mỗi khoản phải có trong từng bảng phân tổ",
                    "an item stands in every breakdown",
                );
                say(what, (!nothing).to_string(), shown(&mine));
                continue;
            }
            let total = total.filter(|_| !nothing || grey);
            let wrong = total.and_then(|total| wrong(*dimension, name, total, &mine, &found));
            if let Some(wanted) = wrong {
                let what = (
                    "khoản trong bảng phân tổ phải đúng với khoản trong tổng",
                    "a cell holds what its item adds",
                );
                say(what, wanted, shown(&mine));
            }
        }
    }
}

/// What is expected instead, where the cells of an item are not in order.
fn wrong(
    dimension: Dimension,
    name: &str,
    total: &Contribution,
    cells: &[&Contribution],
    all: &[&Contribution],
) -> Option<String> {
    let values: BTreeSet<&str> = cells
        .iter()
        .filter_map(|item| cell(item).map(|cell| &*cell.value))
        .collect();
    if values.len() != cells.len() {
        return Some("once".into());
    }
    if cells.iter().any(|item| item.day != total.day) {
        return Some(total.day.to_string());
    }
    if dimension == Dimension::Grey {
        return None;
    }
    let any = cells
        .iter()
        .any(|item| cell(item).is_some_and(Cell::is_any));
    if any {
        // it may be of no cell as well
        let nothing = cells
            .iter()
            .all(|item| item.outcomes.first() == Some(&(0, 0)));
        return (cells.len() != 1 || !nothing).then(|| "0/0".to_owned());
    }
    if let Some(value) = told_by_name(dimension, name)
        && !(values.len() == 1 && values.contains(value))
    {
        return Some(value.to_owned());
    }
    if let Some(lacking) = lacking_units(dimension, &values, all) {
        return Some(lacking);
    }
    let by_agency = matches!(dimension, Dimension::Unit | Dimension::Current);
    wrong_sums(total, cells, all, by_agency)
}

/// The agencies of an item that lack a cell of their own.
fn lacking_units(
    dimension: Dimension,
    values: &BTreeSet<&str>,
    all: &[&Contribution],
) -> Option<String> {
    if dimension == Dimension::Unit {
        let own = all.iter().filter_map(|item| match &item.scope {
            Scope::Agency(code) => Some(code.as_str()),
            _ => None,
        });
        let lacking: Vec<&str> = own.filter(|code| !values.contains(code)).collect();
        if !lacking.is_empty() {
            return Some(lacking.join(" "));
        }
    }
    None
}

/// What the cells must add instead.
fn wrong_sums(
    total: &Contribution,
    cells: &[&Contribution],
    all: &[&Contribution],
    by_agency: bool,
) -> Option<String> {
    let firm = |item: &Contribution| item.outcomes.len() == 1 && item.elsewhere.is_empty();
    let same = |item: &&&Contribution| {
        item.outcomes == total.outcomes && item.elsewhere == total.elsewhere
    };
    if let [only] = cells
        && !by_agency
        && !same(&only)
    {
        return Some(shown(&[total]));
    }
    // events count once in each cell, dong add up
    let dong = total.definition == "AMOUNT_CASHLESS";
    let settled = firm(total) && cells.iter().all(|item| firm(item));
    let alone = all
        .iter()
        .filter(|item| matches!(item.scope, Scope::Agency(_)))
        .count()
        == 1;
    if settled && (!dong || alone && by_agency) && !cells.iter().all(|item| same(&item)) {
        return Some(shown(&[total]));
    }
    if settled && dong && !by_agency && cells.len() > 1 {
        let sum = cells.iter().fold((0, 0), |sum, item| {
            let (a, b) = item.outcomes[0];
            (sum.0 + a, sum.1 + b)
        });
        return (sum != total.outcomes[0]).then(|| shown(&[total]));
    }
    None
}

/// The source that an item's name tells.
fn told_by_name(dimension: Dimension, name: &str) -> Option<&str> {
    let mut parts = name.split('|');
    let kind = parts.next()?;
    match (dimension, kind) {
        (Dimension::Source, "txn") => parts.next(),
        (Dimension::Source | Dimension::Instrument, "cash" | "receipt") => Some("cash"),
        _ => None,
    }
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
        if !all.grey.changes() {
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

    /// How an item counts by the zones of its money; none where they change nothing.
    pub(super) fn treat(&self, definition: &str, item: &str) -> Option<Treat> {
        let money = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];
        if !self.grey.changes() || !money.contains(&definition) {
            return None;
        }
        let parts: Vec<&str> = item.splitn(3, '|').collect();
        let zones: Vec<GreyZone> = match parts.as_slice() {
            ["txn", source, id] => self.zone((source, id)).into_iter().collect(),
            ["dossier", code] => {
                let of = self.money.get(code).into_iter().flatten();
                of.filter_map(|key| self.zone(*key)).collect()
            }
            _ => Vec::new(),
        };
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
