//! `CUSTOM`, told again: its items follow from those of the definition underneath (which are
//! proved by themselves) and from the rows, by the parameters. Where an item is settled, exactly
//! that is demanded; where it is open, it may be wider but never narrower.

mod compare;
mod dossiers;
mod money;
mod paid;

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::violation::Findings;
use super::day_sums::DaySums;
use super::reach::Reach;
use super::{Pair, pairs, unread};
use crate::domain::custom::{CountUnit, DateBasis, RollUp};
use crate::domain::{AgencyDirectory, Cell, Custom, Day, Dimension, Instrument};
use crate::kpi::{Contribution, Scope};
use paid::Paid;

/// What an item must add in one scope.
#[derive(Clone, Debug)]
struct Made {
    day: Day,
    point: Pair,
    /// What it may add, on whatever day.
    pairs: BTreeSet<Pair>,
    /// What it may add on other days: from, to, what.
    spans: BTreeSet<(Day, Day, Pair)>,
    /// Nothing open can change it.
    firm: bool,
    /// Other money may take its place.
    hangs: bool,
    /// The point figure cannot be told from the legs.
    loose: bool,
    /// Nothing can be told of it: a grey zone, which an own definition does not follow, made
    /// something else of the item underneath.
    any: bool,
}

impl Made {
    fn firm(day: Day, point: Pair) -> Self {
        Self {
            day,
            point,
            pairs: BTreeSet::from([point]),
            spans: BTreeSet::new(),
            firm: true,
            hangs: false,
            loose: false,
            any: false,
        }
    }

    fn of(item: &Contribution) -> Self {
        let spans = item.elsewhere.iter();
        Self {
            day: item.day,
            point: item.outcomes.first().copied().unwrap_or((0, 0)),
            pairs: pairs(item).collect(),
            spans: spans.map(|s| (s.from, s.to, s.outcome)).collect(),
            firm: item.outcomes.len() == 1 && item.elsewhere.is_empty() && !item.coupled,
            hangs: item.coupled,
            loose: false,
            any: false,
        }
    }
}

/// Items by name, each by scope.
type Wanted = BTreeMap<String, BTreeMap<Scope, Made>>;

/// Everything that the parameters look at.
struct Own<'b, 'a> {
    books: &'b Books<'a>,
    custom: Custom,
    reach: Reach,
    paid: Paid<'b>,
    last: Day,
}

pub(super) fn check(books: &Books, sums: &DaySums, findings: &mut Findings) {
    let Some(custom) = books.rules.custom else {
        return;
    };
    let asked = super::figures::is_wanted(books, "CUSTOM") || books.inputs.business_date.is_some();
    // what is older than go-live is cut off before anybody can tell of which day it is
    let clipped = books.rules.start.is_some() && custom.date != DateBasis::Payment;
    if !asked || clipped {
        return;
    }
    let reach = Reach::new(books, sums);
    let mut own = Own {
        books,
        custom,
        last: reach.last_day,
        reach,
        paid: Paid::new(books),
    };
    let days = (0..books.dossiers.len()).filter_map(|dossier| own.day_of(dossier));
    own.last = days.chain([own.last]).max().unwrap_or(own.last);
    let mut wanted = Wanted::new();
    match custom.unit {
        CountUnit::Transaction | CountUnit::Dong => own.money(&mut wanted),
        CountUnit::Dossier | CountUnit::Procedure => own.dossiers(&mut wanted),
    }
    own.unread(&mut wanted);
    own.finish(&mut wanted);
    let open = books.settlement.contributions.iter().copied();
    let open = open.filter(|item| item.definition != "CUSTOM");
    let open = open.flat_map(|item| item.elsewhere.iter().map(|s| s.to).chain([item.day]));
    let last = open.max().unwrap_or(own.last).max(own.last);
    compare::compare(books, &wanted, last, findings);
}

impl Own<'_, '_> {
    /// What an item of the definition underneath adds.
    fn made(&self, item: &Contribution) -> Made {
        let mut made = Made::of(item);
        let kept = made.firm && made.point.0 > 0;
        let zoned = ["txn|", "dossier|", "fee|"]
            .iter()
            .any(|kind| item.item.starts_with(kind));
        made.any = self.books.rules.grey.changes() && zoned && !kept;
        made
    }

    /// The contributions of the definition underneath.
    fn base(&self) -> impl Iterator<Item = &Contribution> {
        let id = match self.custom.unit {
            CountUnit::Transaction => "TX_CASHLESS",
            CountUnit::Dong => "AMOUNT_CASHLESS",
            CountUnit::Dossier | CountUnit::Procedure => "DOSSIER_CASHLESS",
        };
        let all = self.books.settlement.contributions.iter().copied();
        all.filter(move |item| item.definition == id && !matches!(item.scope, Scope::Cell(_)))
    }

    /// Rows that could not be read, each as the definition underneath has it, on whatever day.
    fn unread(&self, wanted: &mut Wanted) {
        for item in self
            .base()
            .filter(|item| item.item.starts_with(unread::UNREAD))
        {
            let mut made = Made::of(item);
            let last = self.last.max(item.day);
            let some = made.pairs.iter().filter(|pair| **pair != (0, 0));
            made.spans = some.map(|pair| (Day::of_ms(0), last, *pair)).collect();
            let scopes = wanted.entry(item.item.to_string()).or_default();
            scopes.insert(item.scope.clone(), made);
        }
    }

    /// The numerator, the day, the sub-units, the procedures.
    fn finish(&self, wanted: &mut Wanted) {
        let directory = AgencyDirectory::new(self.books.inputs.agencies.iter().cloned());
        let names: Vec<String> = wanted.keys().cloned().collect();
        for name in names {
            let Some(scopes) = wanted.remove(&name) else {
                continue;
            };
            let dated = scopes.into_iter().filter_map(|(scope, made)| {
                let made = self.seen_online(&name, made);
                Some((scope, self.dated(&name, made)?))
            });
            let mut scopes: BTreeMap<Scope, Made> = dated.collect();
            if self.custom.roll_up == RollUp::SubUnits {
                self.roll_up(&directory, &mut scopes);
            }
            if self.custom.unit == CountUnit::Procedure {
                scopes = self.in_procedures(&name, scopes);
            }
            wanted.insert(name, scopes);
        }
    }

    /// Only what was paid online is in the numerator; where other money may take its place, or
    /// nobody knows, it may be or not.
    fn seen_online(&self, name: &str, mut made: Made) -> Made {
        if self.custom.numerator == crate::domain::custom::Counted::Cashless {
            return made;
        }
        let back = made.pairs.iter().any(|(a, b)| *a < 0 || *b < 0);
        let told = if back {
            None
        } else {
            self.paid.is_online(name)
        };
        let mixed = self.custom.date != DateBasis::Payment && self.paid.is_mixed(name);
        let sure = told.filter(|_| made.firm && !mixed);
        let pick = |(a, b): Pair| if told == Some(false) { (0, b) } else { (a, b) };
        made.point = pick(made.point);
        let ways = |pair: Pair| match sure {
            Some(_) => vec![pick(pair)],
            None if told.is_some() && !made.hangs && !mixed => vec![pick(pair)],
            None if told.is_some() && !mixed && !self.paid.is_other_open(told) => vec![pick(pair)],
            None => vec![pair, (0, pair.1)],
        };
        made.firm &= sure.is_some() || made.pairs.iter().all(|(a, _)| *a == 0);
        made.pairs = made.pairs.into_iter().flat_map(ways).collect();
        let spans = made.spans.into_iter();
        let spans = spans
            .flat_map(|(from, to, pair)| ways(pair).into_iter().map(move |pair| (from, to, pair)));
        made.spans = spans.collect();
        made
    }

    /// An item on the day that decides.
    fn dated(&self, name: &str, mut made: Made) -> Option<Made> {
        if self.custom.date == DateBasis::Payment || name.starts_with(unread::UNREAD) {
            return Some(made);
        }
        if !name.starts_with("txn|") {
            let dossier = self.books.dossier_at(name.split('|').nth(1)?)?;
            made.day = self.day_of(dossier)?;
            made.spans = BTreeSet::new();
            made.firm &= made.pairs.len() == 1;
            return Some(made);
        }
        let dossiers = self.paid.dossiers_of(name);
        let first = dossiers.iter().filter_map(|d| self.day_of(*d)).min();
        if made.firm && !dossiers.is_empty() {
            made.day = first?;
            return Some(made);
        }
        made.day = first.unwrap_or(self.last);
        if first.is_none() || made.point == (0, 0) {
            (made.day, made.point) = (self.last, (0, 0));
        }
        let some = made.pairs.iter().filter(|pair| **pair != (0, 0));
        made.spans = some.map(|pair| (Day::of_ms(0), self.last, *pair)).collect();
        made.pairs.insert((0, 0));
        made.firm = false;
        Some(made)
    }

    /// Each unit holds its sub-units'.
    fn roll_up(&self, directory: &AgencyDirectory, scopes: &mut BTreeMap<Scope, Made>) {
        let mut units: BTreeMap<Scope, Vec<Made>> = BTreeMap::new();
        let mut count = 0;
        for (scope, made) in scopes.iter() {
            if let Scope::Agency(code) = scope {
                count += 1;
                let above = directory.above(code, made.day).into_iter();
                let all: BTreeSet<_> = above.chain([code.clone()]).collect();
                for unit in all {
                    units
                        .entry(Scope::Agency(unit))
                        .or_default()
                        .push(made.clone());
                }
            }
        }
        let total = scopes.get(&Scope::Total).cloned();
        for (scope, parts) in units {
            let made = match (&total, parts.as_slice()) {
                (_, [only]) => only.clone(),
                (Some(total), all) if all.len() == count => total.clone(),
                (_, all) if self.custom.unit == CountUnit::Dong => added(all),
                (_, all) => joined(all),
            };
            scopes.insert(scope, made);
        }
    }

    /// The cells of the dossier's procedure; any, where it names none.
    fn in_procedures(&self, name: &str, scopes: BTreeMap<Scope, Made>) -> BTreeMap<Scope, Made> {
        let code = name.strip_prefix("dossier|");
        let dossier = code.and_then(|code| self.books.dossier_at(code));
        let fees = self.books.inputs.fees.iter();
        let mut fees = fees.filter(|fee| Some(fee.dossier_code.as_str()) == code);
        let procedure = fees.next().map(|fee| &*fee.procedure_code);
        let cell = |scope: &Scope| match (dossier, scope) {
            (Some(_), Scope::Total) => Some(format!("{}@", procedure?)),
            (Some(_), Scope::Agency(agency)) => Some(format!("{}@{agency}", procedure?)),
            (None, Scope::Total) => Some("*".to_owned()),
            _ => None,
        };
        let placed = scopes.into_iter().filter_map(|(scope, made)| {
            let cell = Cell::new(Dimension::Procedure, &cell(&scope)?);
            Some((Scope::Cell(cell), made))
        });
        placed.collect()
    }
}

/// One event of several agencies.
fn joined(parts: &[Made]) -> Made {
    let mut all = parts[0].clone();
    for part in &parts[1..] {
        all.firm &= part.firm;
        all.any |= part.any;
        all.pairs.extend(&part.pairs);
        all.spans.extend(&part.spans);
        if all.point == (0, 0) {
            all.point = part.point;
        }
    }
    all.firm &= all.pairs.len() == 1;
    all
}

/// Dong of several agencies: at least both ends.
fn added(parts: &[Made]) -> Made {
    let mut all = parts[0].clone();
    let sum = |of: &dyn Fn(&Made) -> Pair| {
        let each = parts.iter().map(of);
        each.fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1))
    };
    all.point = sum(&|made| made.point);
    all.firm = parts.iter().all(|made| made.firm);
    all.any = parts.iter().any(|made| made.any);
    let most = |cashless: bool| {
        let of = move |made: &Made| {
            let mine = made
                .pairs
                .iter()
                .filter(|(a, b)| *b > 0 && (*a > 0) == cashless);
            let most = mine.map(|(_, b)| *b).max().unwrap_or(0);
            (if cashless { most } else { 0 }, most)
        };
        sum(&of)
    };
    all.pairs = BTreeSet::from([all.point]);
    all.spans = BTreeSet::new();
    if !all.firm {
        let ends = [most(true), most(false)];
        all.pairs
            .extend(ends.into_iter().filter(|pair| *pair != (0, 0)));
    }
    all
}

/// True for a means that is not a plain transfer.
fn is_online(instrument: Instrument) -> bool {
    instrument != Instrument::Transfer
}
