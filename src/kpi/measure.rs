//! From contributions to shares: per definition, scope and period, with verdict and the exceptions
//! that decide it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::classify::Classified;
use crate::domain::{
    Agency, AgencyCode, AgencyDirectory, Cell, Day, Dimension, Fraction, Inputs, Period, Rules,
    Target,
};

use super::cells::broken_down;
use super::deciding::{self, Ranks};
use super::exact::{self, End, Exact};
use super::interval::{Sums, cut};
use super::procedures;
use super::share::{Contribution, Deciding, PriorSum, Scope, Share, Verdict};
use super::tally::Tally;
use super::{ALWAYS, DEFINITIONS, Definition};

/// Measures every wanted definition over every wanted period, agencies in byte order before the
/// total. `settled` are sums of contributions that are not in the list of them.
pub fn measure(inputs: &Inputs, rules: &Rules, prior: &[PriorSum], made: &Made) -> Measured {
    let (contributions, settled) = (made.contributions, made.settled);
    let agencies = agencies(inputs, rules, prior);
    let directory = rules.breakdowns.contains(&Dimension::Current).then(|| {
        let known = AgencyDirectory::new(inputs.agencies.iter().cloned());
        (known, today(rules, contributions))
    });
    let mut measured = Measured::default();
    let ranks = if rules.targets.is_empty() {
        Ranks::default()
    } else {
        Ranks::of(made.rows)
    };
    for definition in wanted(rules) {
        let mine: Vec<&Contribution> = contributions
            .iter()
            .filter(|c| c.definition == definition.id)
            .collect();
        let before: Vec<&PriorSum> = prior
            .iter()
            .filter(|sum| &*sum.definition == definition.id)
            .collect();
        let enough =
            (definition.enough)(inputs, rules) || (!before.is_empty() && definition.id != "CUSTOM");
        let settled: Vec<&Tally> = settled
            .iter()
            .filter(|(of, _)| *of == definition.id)
            .map(|(_, tally)| tally)
            .collect();
        for period in &rules.periods {
            let frame = Frame {
                definition,
                rules,
                period,
                enough,
                unsure: unsure(inputs, period),
                directory: directory.as_ref(),
                exact: made.exact,
                ranks: &ranks,
            };
            frame.measure(&agencies, &before, &settled, &mine, &mut measured);
        }
    }
    leave_open(&mut measured.shares, |period| unsure(inputs, period));
    measured
}

/// No list of exceptions proves anything of a period of which something is not known.
pub(crate) fn leave_open(shares: &mut [Share], is_open: impl Fn(&Period) -> bool) {
    for share in shares.iter_mut().filter(|share| is_open(&share.period)) {
        share.deciding = Deciding::default();
    }
}

/// What the definitions made of a pool.
#[derive(Clone, Copy)]
pub struct Made<'m> {
    /// What every item adds, sorted; what is summed up already is left out.
    pub contributions: &'m [Contribution],
    /// The sums of what is settled, by definition.
    pub settled: &'m [(&'static str, Tally<'m>)],
    /// The components of open rows that are resolved.
    pub exact: &'m Exact,
    /// The rows with their classes: they rank what moves a verdict equally.
    pub rows: &'m [Classified],
}

/// What was measured.
#[derive(Debug, Default)]
pub struct Measured {
    /// By agency and in total.
    pub shares: Vec<Share>,
    /// In the cells of the breakdowns.
    pub breakdown: Vec<Share>,
}

/// The day whose structure is the present one: the last of any period, else of any item.
pub(super) fn today(rules: &Rules, contributions: &[Contribution]) -> Day {
    let last = rules.periods.iter().map(|period| period.to).max();
    let last = last.or_else(|| contributions.iter().map(|c| c.day).max());
    last.unwrap_or(Day::of_ms(0))
}

/// The targets' definitions, the ones always measured, and those asked for; each once, in the order
/// of `DEFINITIONS`.
fn wanted(rules: &Rules) -> impl Iterator<Item = &'static Definition> {
    DEFINITIONS
        .iter()
        .filter(|definition| is_wanted(rules, definition))
}

/// True for a target's definition, one that is always measured, and one asked for.
pub fn is_wanted(rules: &Rules, definition: &Definition) -> bool {
    let targets = rules.targets.iter().map(|target| &*target.definition);
    let asked = rules.definitions.iter().map(|id| &**id);
    targets
        .chain(asked)
        .chain(ALWAYS)
        .any(|id| id == definition.id)
}

/// Known agencies whose time has begun, and those of fees.
fn agencies(inputs: &Inputs, rules: &Rules, prior: &[PriorSum]) -> BTreeSet<AgencyCode> {
    let latest = rules.periods.iter().map(|period| period.to).max();
    let begun = |agency: &&Agency| latest.is_none_or(|to| agency.valid_from <= to);
    let known = inputs.agencies.iter().filter(begun);
    let mut agencies: BTreeSet<AgencyCode> = known.map(|agency| agency.code.clone()).collect();
    for fees in inputs.fees.chunk_by(|a, b| a.agency_code == b.agency_code) {
        agencies.insert(fees[0].agency_code.clone());
    }
    for sum in prior {
        if let Scope::Agency(code) = &sum.scope {
            agencies.insert(code.clone());
        }
    }
    agencies
}

/// True while a required source is not complete, or did not tell of a night of the period that
/// never ran: no verdict then, unless there is nothing to say.
fn unsure(inputs: &Inputs, period: &Period) -> bool {
    let mut sources = inputs.sources.iter();
    sources.any(|source| source.leaves_open(period))
}

/// One definition over one period.
struct Frame<'m> {
    definition: &'static Definition,
    rules: &'m Rules,
    period: &'m Period,
    enough: bool,
    unsure: bool,
    /// All agencies and the day whose structure is the present one, where anybody asks.
    directory: Option<&'m (AgencyDirectory, Day)>,
    exact: &'m Exact,
    ranks: &'m Ranks<'m>,
}

impl Frame<'_> {
    fn measure(
        &self,
        agencies: &BTreeSet<AgencyCode>,
        prior: &[&PriorSum],
        settled: &[&Tally],
        items: &[&Contribution],
        measured: &mut Measured,
    ) {
        let mut by_scope = self.by_scope(prior, settled, items);
        let resolved = items.iter().any(|item| self.exact.covers_made(item));
        let free = resolved.then(|| {
            let rest = items.iter().filter(|item| !self.exact.covers_made(item));
            self.by_scope(prior, settled, &rest.copied().collect::<Vec<_>>())
        });
        let free = free.as_ref();
        if let Some(distinct) = (self.definition.distinct)(self.rules) {
            by_scope = procedures::count(distinct, self.rules, agencies, &by_scope);
        }
        let anywhere = by_scope.get(&Scope::AnyAgency).copied().unwrap_or_default();
        let shares = agencies.iter().map(|agency| {
            let own = by_scope.get(&Scope::Agency(agency.clone())).copied();
            let mut sums = own.unwrap_or_default();
            let point = sums.point;
            // an agency without any payment of its own has no share: a credit that may be
            // anybody's does not give it one
            if sums.can_count() {
                sums.merge(&anywhere);
            }
            let mut share = self.share(Some(agency.clone()), &sums, point);
            self.resolve(&mut share, free);
            share
        });
        measured.shares.extend(shares);
        let total = by_scope.get(&Scope::Total).copied().unwrap_or_default();
        // no list proves anything of things that several items count
        let proves = (self.definition.distinct)(self.rules).is_none();
        let target = self.target().filter(|_| proves);
        let mut share = self.share(None, &total, total.point);
        self.resolve(&mut share, free);
        if let Some(target) = target.filter(|_| share.verdict == Some(Verdict::Undecided)) {
            let wanted = target.share;
            share.deciding = deciding::deciding(wanted, self.period, &total, items, self.ranks);
        }
        measured.shares.push(share);
        // nights that another definition led kept cells of it
        if broken_down(self.rules) == self.definition.id {
            measured.breakdown.extend(self.cells(&by_scope));
        }
    }

    /// The exact bounds of a share all of whose coupled items are resolved.
    fn resolve(&self, share: &mut Share, free: Option<&BTreeMap<Scope, Sums>>) {
        let has_bounds = share.low.is_some() && share.high.is_some();
        let Some(free) = free.filter(|_| share.outer && has_bounds) else {
            return;
        };
        let scope = share.agency.clone().map_or(Scope::Total, Scope::Agency);
        let mut sums = free.get(&scope).copied().unwrap_or_default();
        if let (Some(any), true) = (free.get(&Scope::AnyAgency), share.agency.is_some()) {
            sums.merge(any);
        }
        let never_empty = sums.low.1 > 0 && sums.high.1 > 0;
        if sums.outer || (sums.can_count() && !never_empty) {
            return;
        }
        let parts = self.exact.parts(self.definition.id, &scope, self.period);
        let ends = (
            exact::optimum(sums.low, &parts, End::Least),
            exact::optimum(sums.high, &parts, End::Greatest),
        );
        let (Some(least), Some(greatest)) = ends else {
            return;
        };
        // what the ledger finds holds, also where the relaxation should be narrower than that
        let holds = share
            .point()
            .is_none_or(|point| least.compare(point).is_le() && point.compare(greatest).is_le());
        if holds {
            (share.low, share.high, share.outer) = (Some(least), Some(greatest), false);
            share.verdict = share
                .target
                .map(|target| self.verdict(target, (least, greatest), share.denominator));
        }
    }

    /// What the bounds prove. Where the point figure has an empty denominator there may have been
    /// no payment at all, and the bounds leave that out: they prove nothing then.
    fn verdict(
        &self,
        target: Fraction,
        (low, high): (Fraction, Fraction),
        denominator: i128,
    ) -> Verdict {
        let met = low.compare(target) != Ordering::Less;
        let missed = high.compare(target) == Ordering::Less;
        if self.unsure || !(met || missed) {
            Verdict::Undecided
        } else if denominator == 0 {
            Verdict::NoData
        } else if met {
            Verdict::Met
        } else {
            Verdict::Missed
        }
    }

    /// The shares of the cells that have something of their own.
    fn cells(&self, by_scope: &BTreeMap<Scope, Sums>) -> Vec<Share> {
        let mut shares = Vec::new();
        for (scope, sums) in by_scope {
            let Scope::Cell(cell) = scope else { continue };
            if cell.is_any() || !sums.can_count() {
                continue;
            }
            let mut widened = *sums;
            if let Some(any) = by_scope.get(&Scope::Cell(Cell::any(cell.dimension))) {
                widened.merge(any);
            }
            let mut share = self.share(None, &widened, sums.point);
            share.cell = Some(cell.clone());
            shares.push(share);
        }
        shares
    }

    /// Where a sum of earlier nights counts today: successors take over what their predecessors
    /// did.
    fn scope_today(&self, sum: &PriorSum) -> Scope {
        match (&sum.scope, self.directory) {
            (Scope::Cell(cell), Some((directory, today)))
                if cell.dimension == Dimension::Current && !cell.is_any() =>
            {
                let code = AgencyCode::new(&cell.value);
                let current = directory.current(&code, sum.day, *today);
                Scope::Cell(Cell::new(Dimension::Current, current.as_str()))
            }
            (scope, _) => scope.clone(),
        }
    }

    fn by_scope(
        &self,
        prior: &[&PriorSum],
        settled: &[&Tally],
        items: &[&Contribution],
    ) -> BTreeMap<Scope, Sums> {
        let mut by_scope: BTreeMap<Scope, Sums> = BTreeMap::new();
        for sum in prior.iter().filter(|sum| self.period.holds(sum.day)) {
            let firm = Sums::firm(sum.numerator, sum.denominator);
            let sums = by_scope.entry(self.scope_today(sum)).or_default();
            sums.merge(&firm);
        }
        for (scope, sums) in settled.iter().flat_map(|tally| tally.within(self.period)) {
            by_scope.entry(scope).or_default().merge(&sums);
        }
        for item in items {
            if let Some(outcomes) = item.within(self.period) {
                let sums = by_scope.entry(item.scope.clone()).or_default();
                sums.add(&outcomes, item.coupled);
            }
        }
        by_scope
    }

    fn target(&self) -> Option<&Target> {
        let holds = |target: &&Target| {
            let day = self.period.to;
            *target.definition == *self.definition.id
                && target.valid_from <= day
                && target.valid_to.is_none_or(|to| day <= to)
        };
        self.rules.targets.iter().find(holds)
    }

    fn share(&self, agency: Option<AgencyCode>, sums: &Sums, point: (i128, i128)) -> Share {
        let point = cut(point);
        let bounds = sums.bounds().filter(|_| self.enough);
        let target = self.target().map(|of| of.share);
        let verdict = target.map(|target| match bounds {
            None => Verdict::NoData,
            Some(bounds) => self.verdict(target, (bounds.low, bounds.high), point.1),
        });
        Share {
            definition: self.definition.id,
            agency,
            cell: None,
            period: self.period.clone(),
            numerator: point.0,
            denominator: point.1,
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
            outer: sums.outer,
            enough_data: self.enough,
            target,
            verdict,
            deciding: Deciding::default(),
        }
    }
}

/// The whole input as one period.
pub fn whole(contributions: &[Contribution], settled: &[(&str, Tally)]) -> Period {
    let days = || {
        let spans = contributions.iter().flat_map(|c| &c.elsewhere);
        let adds = spans.filter(|span| span.outcome.1 > 0);
        let spans = adds.flat_map(super::tally::ends);
        let sums = settled.iter().flat_map(|(_, tally)| tally.days());
        contributions.iter().map(|c| c.day).chain(spans).chain(sums)
    };
    let epoch = Day::of_ms(0);
    Period {
        label: "".into(),
        from: days().min().unwrap_or(epoch),
        to: days().max().unwrap_or(epoch),
    }
}
