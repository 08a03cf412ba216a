//! From contributions to shares: per definition, scope and period, with verdict and the exceptions
//! that decide it.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Agency, AgencyCode, Day, ExceptionId, Inputs, Period, Rules, Target};

use super::interval::{Sums, greatest, least};
use super::share::{Contribution, Deciding, PriorSum, Scope, Share, Verdict};
use super::tally::Tally;
use super::{ALWAYS, DEFINITIONS, Definition};

/// Measures every wanted definition over every wanted period, agencies in byte order before the
/// total. `settled` are sums of contributions that are not in the list of them.
pub fn measure(
    inputs: &Inputs,
    rules: &Rules,
    prior: &[PriorSum],
    contributions: &[Contribution],
    settled: &[(&str, Tally)],
) -> Vec<Share> {
    let agencies = agencies(inputs, rules, prior);
    let mut shares = Vec::new();
    for definition in wanted(rules) {
        let mine: Vec<&Contribution> = contributions
            .iter()
            .filter(|c| c.definition == definition.id)
            .collect();
        let before: Vec<&PriorSum> = prior
            .iter()
            .filter(|sum| &*sum.definition == definition.id)
            .collect();
        let enough = (definition.enough)(inputs) || !before.is_empty();
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
                unsure: unsure(inputs),
            };
            shares.extend(frame.shares(&agencies, &before, &settled, &mine));
        }
    }
    shares
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

/// True while a required source is not complete: no verdict then, unless there is nothing to say.
fn unsure(inputs: &Inputs) -> bool {
    let complete = crate::domain::Completeness::Complete;
    inputs
        .sources
        .iter()
        .any(|source| source.required && source.state != complete)
}

/// One definition over one period.
struct Frame<'m> {
    definition: &'static Definition,
    rules: &'m Rules,
    period: &'m Period,
    enough: bool,
    unsure: bool,
}

impl Frame<'_> {
    fn shares(
        &self,
        agencies: &BTreeSet<AgencyCode>,
        prior: &[&PriorSum],
        settled: &[&Tally],
        items: &[&Contribution],
    ) -> Vec<Share> {
        let mut by_scope: BTreeMap<Scope, Sums> = BTreeMap::new();
        for sum in prior.iter().filter(|sum| self.period.holds(sum.day)) {
            let firm = Sums::firm(sum.numerator, sum.denominator);
            by_scope.entry(sum.scope.clone()).or_default().merge(&firm);
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
        let anywhere = by_scope.get(&Scope::AnyAgency).copied().unwrap_or_default();
        let mut shares: Vec<Share> = agencies
            .iter()
            .map(|agency| {
                let own = by_scope.get(&Scope::Agency(agency.clone())).copied();
                let mut sums = own.unwrap_or_default();
                let point = sums.point;
                // an agency without any payment of its own has no share: a credit that may be
                // anybody's does not give it one
                if sums.can_count() {
                    sums.merge(&anywhere);
                }
                self.share(Some(agency.clone()), &sums, point, Deciding::default())
            })
            .collect();
        let total = by_scope.get(&Scope::Total).copied().unwrap_or_default();
        let deciding = self.deciding(&total, items);
        shares.push(self.share(None, &total, total.point, deciding));
        shares
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

    fn share(
        &self,
        agency: Option<AgencyCode>,
        sums: &Sums,
        point: (i128, i128),
        deciding: Deciding,
    ) -> Share {
        let bounds = sums.bounds().filter(|_| self.enough);
        let target = self.target().map(|target| target.share);
        let verdict = target.map(|target| match bounds {
            None => Verdict::NoData,
            Some(_) if self.unsure => Verdict::Undecided,
            Some(b) if b.low.compare(target) != Ordering::Less => Verdict::Met,
            Some(b) if b.high.compare(target) == Ordering::Less => Verdict::Missed,
            Some(_) => Verdict::Undecided,
        });
        Share {
            definition: self.definition.id,
            agency,
            period: self.period.clone(),
            numerator: point.0,
            denominator: point.1,
            low: bounds.map(|b| b.low),
            high: bounds.map(|b| b.high),
            outer: sums.outer,
            enough_data: self.enough,
            target,
            verdict,
            deciding: if verdict == Some(Verdict::Undecided) {
                deciding
            } else {
                Deciding::default()
            },
        }
    }

    /// The shortest list that, settled at best, proves `met`, and the shortest that, settled at
    /// worst, proves `missed`. What one item moves is independent of the others, so taking the
    /// largest first is shortest.
    fn deciding(&self, total: &Sums, items: &[&Contribution]) -> Deciding {
        let Some(target) = self.target() else {
            return Deciding::default();
        };
        let worth = |(a, b): (i64, i64)| {
            target.share.den * i128::from(a) - target.share.num * i128::from(b)
        };
        let balance = |(a, b): (i128, i128)| target.share.den * a - target.share.num * b;
        let open = || {
            let total = items
                .iter()
                .copied()
                .filter(|item| item.scope == Scope::Total);
            let seen = total.filter_map(|item| Some((item, item.within(self.period)?)));
            seen.filter(|(_, outcomes)| outcomes.len() > 1)
        };
        let best = |all: &[(i64, i64)]| all.iter().map(|o| worth(*o)).max().unwrap_or(0);
        let worst = |all: &[(i64, i64)]| all.iter().map(|o| worth(*o)).min().unwrap_or(0);
        let up = open().map(|(item, all)| (best(&all) - worth(least(&all)), item));
        let down = open().map(|(item, all)| (worth(greatest(&all)) - worst(&all), item));
        let lacking = -balance(total.low);
        let beyond = balance(total.high) + 1;
        Deciding {
            met: shortest(up.collect(), lacking),
            missed: shortest(down.collect(), beyond),
        }
    }
}

/// The fewest items whose gains reach `needed`, largest first; empty when all together do not.
fn shortest(mut gains: Vec<(i128, &Contribution)>, needed: i128) -> Vec<ExceptionId> {
    gains.retain(|(gain, _)| *gain > 0);
    gains.sort_by_key(|(gain, item)| (Reverse(*gain), item.exceptions.len(), item.item.clone()));
    let mut rest = needed;
    let (mut list, mut seen) = (Vec::new(), BTreeSet::new());
    for (gain, item) in gains {
        if rest <= 0 {
            break;
        }
        rest -= gain;
        let new = item.exceptions.iter().filter(|id| seen.insert(*id));
        list.extend(new.cloned());
    }
    if rest > 0 { Vec::new() } else { list }
}

/// The whole input as one period.
pub fn whole(contributions: &[Contribution], settled: &[(&str, Tally)]) -> Period {
    let days = || {
        let spans = contributions.iter().flat_map(|c| &c.elsewhere);
        let adds = spans.filter(|span| span.outcome.1 > 0);
        let spans = adds.flat_map(|span| [span.from, span.to]);
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
