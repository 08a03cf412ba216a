//! Adding up: the items of one share over one period, and of earlier nights.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::told::Summed;
use super::sum::Sum;
use crate::domain::{AgencyCode, AgencyDirectory, Cell, Dimension, Period};
use crate::kpi::{Contribution, PriorSum, Scope, Share};

/// Contributions, and the sums of earlier nights, by definition and scope.
pub(super) struct Items<'a> {
    tonight: BTreeMap<&'a str, BTreeMap<&'a Scope, Vec<&'a Contribution>>>,
    /// By the scope in which they count today.
    before: BTreeMap<&'a str, BTreeMap<Scope, Vec<&'a PriorSum>>>,
    /// Sums of what is proved row by row.
    plain: &'a Summed<'a>,
}

impl<'a> Items<'a> {
    pub(super) fn new(books: &Books<'a>) -> Self {
        let mut items = Self {
            tonight: BTreeMap::new(),
            before: BTreeMap::new(),
            plain: &books.settlement.plain,
        };
        for item in books.settlement.contributions.iter().copied() {
            let scopes = items.tonight.entry(item.definition).or_default();
            scopes.entry(&item.scope).or_default().push(item);
        }
        let directory = AgencyDirectory::new(books.inputs.agencies.iter().cloned());
        for sum in books.prior {
            let scopes = items.before.entry(&sum.definition).or_default();
            let scope = today(books, &directory, sum);
            scopes.entry(scope).or_default().push(sum);
        }
        items
    }

    pub(super) fn of(&self, definition: &str, scope: &Scope) -> &[&'a Contribution] {
        let scopes = self.tonight.get(definition);
        let items = scopes.and_then(|scopes| scopes.get(scope));
        items.map_or(&[], Vec::as_slice)
    }

    /// Every scope with an item of tonight or a sum of an earlier night; some twice.
    pub(super) fn scopes(&self, definition: &str) -> impl Iterator<Item = &Scope> {
        let tonight = self.tonight.get(definition).into_iter();
        let before = self.before.get(definition).into_iter();
        let tonight = tonight.flat_map(|scopes| scopes.keys().copied());
        tonight.chain(before.flat_map(BTreeMap::keys))
    }

    /// Earlier nights, and what is summed of this one.
    fn before(&self, definition: &str, scope: &Scope, period: &Period) -> Sum<'a> {
        let mut sum = Sum::default();
        sum.add_firm(self.plain.firm(definition, scope, period));
        let scopes = self.before.get(definition);
        let sums = scopes.and_then(|scopes| scopes.get(scope));
        for prior in sums.into_iter().flatten() {
            if period.from <= prior.day && prior.day <= period.to {
                sum.add_firm((prior.numerator, prior.denominator));
            }
        }
        sum
    }
}

pub(super) fn add_up<'a>(
    books: &Books<'a>,
    items: &Items<'a>,
    found: &Share,
    period: &Period,
) -> Sum<'a> {
    if is_distinct(books, found.definition) {
        return procedures(books, items, found, period);
    }
    let mut sum = of_scope(items, found.definition, &scope(found), period);
    // what may be anybody's may be theirs, once they have something of their own
    if found.agency.is_some() && sum.counts() {
        for item in items.of(found.definition, &Scope::AnyAgency) {
            sum.add(item, period, false);
        }
    }
    sum
}

/// The same of a share that has something of its own, without the items that are resolved together.
pub(super) fn add_free<'a>(
    items: &Items<'a>,
    found: &Share,
    period: &Period,
    resolved: impl Fn(&Contribution) -> bool,
) -> Sum<'a> {
    let scope = scope(found);
    let mut sum = items.before(found.definition, &scope, period);
    let any = items.of(found.definition, &Scope::AnyAgency);
    let any = any.iter().filter(|_| found.agency.is_some());
    let own = items.of(found.definition, &scope).iter();
    for item in own.chain(any).filter(|item| !resolved(item)) {
        sum.add(item, period, false);
    }
    sum
}

fn scope(share: &Share) -> Scope {
    share.agency.clone().map_or(Scope::Total, Scope::Agency)
}

/// Everything of one scope: earlier nights, and the items of this one.
pub(super) fn of_scope<'a>(
    items: &Items<'a>,
    definition: &str,
    scope: &Scope,
    period: &Period,
) -> Sum<'a> {
    let mut sum = items.before(definition, scope, period);
    for item in items.of(definition, scope) {
        sum.add(item, period, true);
    }
    sum.cut_point();
    sum
}

/// Where a sum of earlier nights counts today: successors take over.
fn today(books: &Books, directory: &AgencyDirectory, prior: &PriorSum) -> Scope {
    let latest = books.rules.periods.iter().map(|period| period.to).max();
    match (&prior.scope, latest) {
        (Scope::Cell(cell), Some(latest)) if cell.dimension == Dimension::Current => {
            let code = AgencyCode::new(&cell.value);
            let heir = directory.current(&code, prior.day, latest);
            Scope::Cell(Cell::new(Dimension::Current, heir.as_str()))
        }
        (scope, _) => scope.clone(),
    }
}

/// Definitions that count procedures, each once.
pub(super) fn is_distinct(books: &Books, definition: &str) -> bool {
    let procedures =
        |custom: &crate::domain::Custom| custom.unit == crate::domain::custom::CountUnit::Procedure;
    let own = books.rules.custom.as_ref().is_some_and(procedures);
    super::procedures::BOTH.contains(&definition) || (definition == "CUSTOM" && own)
}

/// The procedures of an agency, or of all, each once.
fn procedures<'a>(books: &Books<'a>, items: &Items<'a>, found: &Share, period: &Period) -> Sum<'a> {
    let agency = found.agency.as_ref().map_or("", AgencyCode::as_str);
    let scopes = items.scopes(found.definition);
    let values: BTreeSet<&str> = scopes
        .filter_map(|scope| match scope {
            Scope::Cell(cell) => cell.value.rsplit_once('@'),
            _ => None,
        })
        .filter(|(_, of)| *of == agency)
        .map(|(procedure, _)| procedure)
        .collect();
    let seen = |procedure: &str| {
        let value = format!("{procedure}@{agency}");
        let scope = Scope::Cell(Cell::new(Dimension::Procedure, &value));
        of_scope(items, found.definition, &scope, period)
    };
    let mut sum = Sum::default();
    if found.definition == "QD766_3_5a" {
        for listed in &books.rules.fee_procedures {
            let counts = values.contains(&**listed) && seen(listed).point.1 > 0;
            sum.add_firm((i128::from(counts), 1));
        }
        add_unread(items, found, period, &mut sum);
        return sum;
    }
    // what names no dossier may be of any procedure
    let any = Scope::Cell(Cell::any(Dimension::Procedure));
    for procedure in values {
        let mut one = seen(procedure);
        for item in items.of(found.definition, &any) {
            one.add(item, period, false);
        }
        sum.add_once(&one);
    }
    add_unread(items, found, period, &mut sum);
    sum
}

/// Each row that could not be read may let one procedure count otherwise.
fn add_unread<'a>(items: &Items<'a>, found: &Share, period: &Period, sum: &mut Sum<'a>) {
    let scope = match found.agency {
        None => Scope::Total,
        Some(_) if sum.counts() => Scope::AnyAgency,
        Some(_) => return,
    };
    for item in items.of(found.definition, &scope) {
        sum.add(item, period, false);
    }
}
