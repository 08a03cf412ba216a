//! In which cells an item lies and what it adds there, told from the rows and the legs: an agency
//! with all above it, or its successor; the lines that its money paid; the money itself.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::books::Books;
use super::super::{Pair, pairs};
use super::Greys;
use crate::domain::{
    AgencyCode, AgencyDirectory, Cell, Day, DeclaredMethod, Dimension, Fee, Side, Txn,
};
use crate::kpi::{Contribution, Elsewhere, Scope};
use crate::matching::{Leg, Role};

/// What an item adds to one cell.
pub(super) struct Lies {
    pub(super) value: Box<str>,
    pub(super) outcomes: Vec<Pair>,
    pub(super) elsewhere: Vec<Elsewhere>,
    pub(super) coupled: bool,
}

impl Lies {
    fn like(value: &str, of: &Contribution) -> Self {
        Self {
            value: value.into(),
            outcomes: of.outcomes.clone(),
            elsewhere: of.elsewhere.clone(),
            coupled: of.coupled,
        }
    }
}

/// The rows by what the names of items tell.
pub(super) struct Places<'b, 'a> {
    books: &'b Books<'a>,
    pub(super) greys: Greys<'a>,
    directory: AgencyDirectory,
    /// The last day of any period, else of any item.
    today: Day,
    txns: BTreeMap<(&'a str, &'a str), &'a Txn>,
    /// Legs of money that settled, repeated or was too much.
    of_money: BTreeMap<(&'a str, &'a str), Vec<&'a Leg>>,
    /// Legs of transactions and receipts that settled.
    settling: BTreeMap<&'a str, Vec<&'a Leg>>,
}

impl<'b, 'a> Places<'b, 'a> {
    pub(super) fn new(books: &'b Books<'a>) -> Self {
        let periods = books.rules.periods.iter().map(|period| period.to);
        let items = books.settlement.contributions.iter().map(|item| item.day);
        let mut places = Self {
            books,
            greys: Greys::new(books),
            directory: AgencyDirectory::new(books.inputs.agencies.iter().cloned()),
            today: periods
                .max()
                .or_else(|| items.max())
                .unwrap_or(Day::of_ms(0)),
            txns: BTreeMap::new(),
            of_money: BTreeMap::new(),
            settling: BTreeMap::new(),
        };
        for txn in &books.inputs.txns {
            places.txns.insert((txn.source.as_str(), &*txn.id), txn);
        }
        for leg in books.groups().iter().flat_map(|group| &group.legs) {
            if !matches!(leg.role, Role::Settles | Role::Duplicate | Role::Surplus) {
                continue;
            }
            if leg.money.side == Side::Txn {
                let money = (leg.money.source.as_str(), &*leg.money.id);
                places.of_money.entry(money).or_default().push(leg);
            }
            if let Some(code) = leg
                .dossier_code
                .as_ref()
                .filter(|_| leg.role == Role::Settles)
            {
                places.settling.entry(code.as_str()).or_default().push(leg);
            }
        }
        places
    }

    /// The cells of an item, with what it adds there.
    pub(super) fn wanted(
        &self,
        dimension: Dimension,
        total: &Contribution,
        item: &[&Contribution],
    ) -> Vec<Lies> {
        let nothing = pairs(total).all(|pair| pair == (0, 0));
        match dimension {
            Dimension::Grey => {
                let zones = self.greys.zones(&total.item);
                let zones = zones.into_iter().map(|zone| (zone.id().into(), 0));
                let zones: BTreeMap<Box<str>, i128> = zones.collect();
                if zones.is_empty() {
                    return Vec::new();
                }
                in_each(dimension, total, zones)
            }
            _ if nothing => Vec::new(),
            Dimension::Unit | Dimension::Current => self.by_agency(dimension, total, item),
            Dimension::Procedure | Dimension::Field => {
                in_each(dimension, total, self.lines(dimension, &total.item))
            }
            Dimension::Source | Dimension::Instrument => {
                let values = self.money(dimension, &total.item);
                in_each(
                    dimension,
                    total,
                    values.into_iter().map(|v| (v, 0)).collect(),
                )
            }
        }
    }

    fn by_agency(
        &self,
        dimension: Dimension,
        total: &Contribution,
        item: &[&Contribution],
    ) -> Vec<Lies> {
        let mut parts: BTreeMap<AgencyCode, Vec<&Contribution>> = BTreeMap::new();
        let mut count = 0;
        for own in item {
            match &own.scope {
                Scope::AnyAgency => return vec![anywhere(dimension, total)],
                Scope::Agency(code) if dimension == Dimension::Current => {
                    count += 1;
                    let heir = self.directory.current(code, own.day, self.today);
                    parts.entry(heir).or_default().push(own);
                }
                Scope::Agency(code) => {
                    count += 1;
                    let above = self.directory.above(code, own.day);
                    let units: BTreeSet<AgencyCode> =
                        above.into_iter().chain([code.clone()]).collect();
                    for unit in units {
                        parts.entry(unit).or_default().push(own);
                    }
                }
                _ => {}
            }
        }
        let dong = total.definition == "AMOUNT_CASHLESS";
        let lies = |(unit, parts): (AgencyCode, Vec<&Contribution>)| match parts[..] {
            _ if parts.len() == count => Lies::like(unit.as_str(), total),
            [only] => Lies::like(unit.as_str(), only),
            _ => together(unit.as_str(), &parts, dong),
        };
        parts.into_iter().map(lies).collect()
    }

    fn line(&self, leg: &Leg) -> Option<&'a Fee> {
        let line = self.books.line_of(leg)?;
        Some(self.books.lines[line].fee)
    }

    fn fees(&self, code: &str) -> Vec<&'a Fee> {
        let dossier = self.books.dossier_at(code).map(|d| &self.books.dossiers[d]);
        let lines = dossier.map_or(0..0, |dossier| dossier.lines.clone());
        lines.map(|line| self.books.lines[line].fee).collect()
    }

    /// The procedures or fields of the lines that an item is for, with the dong that settled them.
    fn lines(&self, dimension: Dimension, name: &str) -> BTreeMap<Box<str>, i128> {
        let parts: Vec<&str> = name.splitn(3, '|').collect();
        let mut lines: Vec<(&Fee, i128)> = Vec::new();
        match parts[..] {
            ["txn", source, id] => {
                for leg in self.of_money.get(&(source, id)).into_iter().flatten() {
                    let settles = leg.role == Role::Settles;
                    let dong = if settles { leg.amount.wide() } else { 0 };
                    lines.extend(self.line(leg).map(|fee| (fee, dong)));
                }
                let key = self.txns.get(&(source, id)).map(|txn| txn.key());
                let money = key.and_then(|key| self.books.money_of(&key));
                let set = money.and_then(|money| self.books.money[money].set);
                let of_set = self.books.dossiers.iter();
                let of_set = of_set.filter(|dossier| set.is_some() && dossier.set == set);
                let all = of_set.flat_map(|dossier| self.fees(dossier.code.as_str()));
                lines.extend(all.map(|fee| (fee, 0)));
            }
            ["cash" | "receipt" | "dossier", code, ..] => {
                lines.extend(self.fees(code).into_iter().map(|fee| (fee, 0)));
            }
            ["fee", code, id] => {
                let fees = self.fees(code).into_iter();
                let own = fees.filter(|fee| fee.fee_id.as_str() == id);
                lines.extend(own.map(|fee| (fee, 0)));
            }
            _ => {}
        }
        let mut values: BTreeMap<Box<str>, i128> = BTreeMap::new();
        for (fee, dong) in lines {
            let told = match dimension {
                Dimension::Field => fee.more.field_code.as_deref().unwrap_or_default(),
                _ => &*fee.procedure_code,
            };
            let value = if told.is_empty() {
                Cell::NOT_TOLD
            } else {
                told
            };
            *values.entry(value.into()).or_default() += dong;
        }
        values
    }

    /// The sources, or the means, of an item's money.
    fn money(&self, dimension: Dimension, name: &str) -> BTreeSet<Box<str>> {
        let parts: Vec<&str> = name.splitn(3, '|').collect();
        let of = |money: (&'_ str, &'_ str)| -> Option<Box<str>> {
            match dimension {
                Dimension::Source => Some(money.0.into()),
                _ => self.means(money).map(Into::into),
            }
        };
        match parts[..] {
            ["txn", source, id] => of((source, id)).into_iter().collect(),
            ["cash" | "receipt", ..] => BTreeSet::from(["cash".into()]),
            ["dossier", code] => {
                let legs = self.settling.get(code).into_iter().flatten();
                let one = |leg: &&Leg| match leg.money.side {
                    Side::Txn => of((leg.money.source.as_str(), &*leg.money.id)),
                    _ => Some("cash".into()),
                };
                legs.filter_map(one).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// What the registry declared of the first of its lines, where that is without cash, else what
    /// the provider says.
    fn means(&self, money: (&str, &str)) -> Option<&'static str> {
        let legs = self.of_money.get(&money).into_iter().flatten();
        let declared = legs.filter_map(|leg| self.line(leg));
        let mut declared = declared.map(|fee| fee.declared_method);
        let told = |method: &DeclaredMethod| !method.is_cash() && *method != DeclaredMethod::None;
        let own = || self.txns.get(&money).map(|txn| txn.instrument.id());
        declared.find(told).map(DeclaredMethod::id).or_else(own)
    }
}

fn once(all: impl IntoIterator<Item = Pair>) -> Vec<Pair> {
    let mut seen: Vec<Pair> = Vec::new();
    for pair in all {
        if !seen.contains(&pair) {
            seen.push(pair);
        }
    }
    seen
}

/// It may lie in any cell, or in none.
fn anywhere(dimension: Dimension, total: &Contribution) -> Lies {
    let outcomes = [(0, 0)].into_iter().chain(total.outcomes.iter().copied());
    Lies {
        outcomes: once(outcomes),
        ..Lies::like(&Cell::any(dimension).value, total)
    }
}

/// It lies in each of these; where it is open and there are several, perhaps not in all.
fn in_each(
    dimension: Dimension,
    total: &Contribution,
    values: BTreeMap<Box<str>, i128>,
) -> Vec<Lies> {
    if values.is_empty() {
        return vec![anywhere(dimension, total)];
    }
    let several = values.len() > 1;
    let open = total.outcomes.len() > 1 || !total.elsewhere.is_empty();
    let dong = total.definition == "AMOUNT_CASHLESS";
    let legs: i128 = values.values().sum();
    let whole = total.outcomes.iter().map(|(_, b)| *b).max().unwrap_or(0);
    let all = total.outcomes.iter().copied();
    let one = |(value, part): (Box<str>, i128)| {
        let mut lies = Lies::like(&value, total);
        if several && dong {
            let part = i64::try_from(part).unwrap_or(whole).clamp(0, whole);
            let cashless = total.outcomes.first().is_some_and(|(a, _)| *a > 0);
            let own = (if cashless { part } else { 0 }, part);
            lies.outcomes = vec![own];
            if open || legs != i128::from(whole) {
                lies.outcomes = once([own, (0, 0)].into_iter().chain(pairs(total)));
                lies.coupled = true;
            }
        } else if several && open {
            lies.outcomes = once(all.clone().chain([(0, 0)]));
            lies.coupled = true;
        }
        lies
    };
    values.into_iter().map(one).collect()
}

/// Some of an item's agencies in one cell: an event is one, dong add up.
fn together(value: &str, parts: &[&Contribution], dong: bool) -> Lies {
    let adds = |part: &&&Contribution| part.outcomes.first().is_some_and(|p| *p != (0, 0));
    let first = parts.iter().find(adds).or(parts.first());
    let mut lies = Lies {
        value: value.into(),
        outcomes: vec![(0, 0)],
        elsewhere: Vec::new(),
        coupled: parts.iter().any(|part| part.coupled),
    };
    if dong {
        for part in parts {
            let sum = |(a, b): &Pair| {
                let (a, b) = (*a, *b);
                part.outcomes
                    .iter()
                    .map(move |(c, d)| (a + c, b + d))
                    .collect::<Vec<_>>()
            };
            lies.outcomes = lies.outcomes.iter().flat_map(sum).collect();
        }
        lies.coupled |= lies.outcomes.len() > 1;
        lies.outcomes = once(lies.outcomes);
    } else {
        let open = |part: &&Contribution| part.outcomes.len() > 1 || !part.elsewhere.is_empty();
        lies.coupled |= parts.iter().any(open);
        let first = first.into_iter().flat_map(|part| &part.outcomes);
        let all = first.chain(parts.iter().flat_map(|part| &part.outcomes));
        lies.outcomes = once(all.copied());
    }
    let spans: BTreeSet<Elsewhere> = parts
        .iter()
        .flat_map(|part| &part.elsewhere)
        .copied()
        .collect();
    lies.elsewhere = spans.into_iter().collect();
    lies
}
