//! Errors planted into a settlement that was right, each kind at many places: what a defect of the
//! matcher, the classes or the share could do, and what somebody with a text editor could.

mod links;
pub(crate) mod loose;
mod payouts;
mod rows;
mod shares;
mod spans;
mod unread;

use doisoat::classify::{CLASSES, Severity};
use doisoat::domain::{ExceptionId, Fraction, Inputs, Rules, Vnd};
use doisoat::kpi::{Contribution, Scope};
use doisoat::matching::Role;
use doisoat::settle::Settlement;

/// One kind of error.
pub(crate) struct Plant {
    pub(crate) kind: &'static str,
    /// The invariants of which one at least must catch it.
    pub(crate) caught_by: &'static [&'static str],
    /// Of a hundred, so many at least: less than all only where another answer is as good by what
    /// the rows and legs tell, so that the checker says nothing.
    pub(crate) percent: usize,
    /// Plants it at the `n`-th place; false where there is none (any more).
    pub(crate) put: fn(&mut Settlement, usize) -> bool,
}

/// The legs of a settlement: (group, leg).
fn legs(settled: &Settlement, wanted: impl Fn(Role, i64) -> bool) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (g, group) in settled.groups.iter().enumerate() {
        for (l, leg) in group.legs.iter().enumerate() {
            if wanted(leg.role, leg.amount.get()) {
                places.push((g, l));
            }
        }
    }
    places
}

/// A place among so many, scattered; none after the last.
fn nth<T: Copy>(places: &[T], n: usize) -> Option<T> {
    let count = places.len();
    // a step without a common factor visits every place once
    let steps = (1..=count + 1).map(|k| count / 3 * 2 + k);
    let step = steps.into_iter().find(|s| common(*s, count) == 1)?;
    (n < count).then(|| places[n * step % count])
}

fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

fn with_leg(
    settled: &mut Settlement,
    n: usize,
    wanted: impl Fn(Role, i64) -> bool,
    edit: impl FnOnce(&mut Settlement, usize, usize),
) -> bool {
    let places = legs(settled, wanted);
    let Some((g, l)) = nth(&places, n) else {
        return false;
    };
    edit(settled, g, l);
    true
}

fn any_leg(_: Role, _: i64) -> bool {
    true
}

fn paying(role: Role, _: i64) -> bool {
    role == Role::Settles
}

fn add(amount: &mut Vnd, dong: i64) {
    *amount = Vnd::new(amount.get() + dong);
}

/// Gives a row another class with everything that follows from it, as a defect would.
fn give(settled: &mut Settlement, at: usize, class: &'static str) {
    let row = &mut settled.rows[at];
    row.class = class;
    row.also.retain(|also| *also != class);
    row.exception_id = (class != "ok").then(|| ExceptionId::of(class, &row.key));
    row.severity = CLASSES
        .iter()
        .find(|known| known.id == class)
        .map_or(Severity::Info, |known| known.severity);
}

fn with_row(settled: &mut Settlement, n: usize, edit: impl FnOnce(&mut Settlement, usize)) -> bool {
    let places: Vec<usize> = (0..settled.rows.len()).collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(settled, at);
    true
}

fn with_item(
    settled: &mut Settlement,
    n: usize,
    edit: impl FnOnce(&mut Settlement, usize),
) -> bool {
    let places = items(settled, |_| true);
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(settled, at);
    true
}

fn with_share(
    settled: &mut Settlement,
    n: usize,
    edit: impl FnOnce(&mut doisoat::kpi::Share),
) -> bool {
    let known = |share: &doisoat::kpi::Share| share.low.is_some();
    let places: Vec<usize> = (0..settled.shares.len())
        .filter(|at| known(&settled.shares[*at]))
        .collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(&mut settled.shares[at]);
    true
}

/// A little more, or a little less.
fn nudge(bound: &mut Option<Fraction>, by: i128) {
    let Some(fraction) = bound else { return };
    *bound = Fraction::new(fraction.num * 1_000_000 + by, fraction.den * 1_000_000);
}

/// Another definition, its line and its sum keep step: nothing but the rows tell.
fn shift(settled: &mut Settlement, at: usize, by: (i64, i64)) {
    let item = settled.contributions[at].clone();
    settled.contributions[at].outcomes[0].0 += by.0;
    settled.contributions[at].outcomes[0].1 += by.1;
    let wide = |n: i64| i128::from(n);
    for share in &mut settled.shares {
        let mine = match (&item.scope, &share.agency) {
            (Scope::Total, None) => true,
            (Scope::Agency(code), Some(agency)) => code == agency,
            _ => false,
        };
        if mine && share.definition == item.definition && share.period.holds(item.day) {
            share.numerator += wide(by.0);
            share.denominator += wide(by.1);
            for bound in [&mut share.low, &mut share.high] {
                *bound = bound.and_then(|b| Fraction::new(b.num + wide(by.0), b.den + wide(by.1)));
            }
        }
    }
}

/// Every kind of error.
pub(crate) fn plants() -> impl Iterator<Item = &'static Plant> {
    let kinds = [
        links::PLANTS,
        loose::PLANTS,
        payouts::PLANTS,
        rows::PLANTS,
        shares::PLANTS,
        spans::PLANTS,
        unread::PLANTS,
    ];
    kinds.into_iter().flatten()
}

/// A control total changed: what came in is not what was settled.
pub(crate) fn changed_input(inputs: &Inputs, n: usize) -> Option<Inputs> {
    let places: Vec<usize> = (0..inputs.txns.len()).collect();
    let at = nth(&places, n)?;
    let mut changed = inputs.clone();
    match n % 3 {
        0 => add(&mut changed.txns[at].amount, 1),
        1 => changed.txns[at].business_date = changed.txns[at].business_date.plus(1),
        _ => {
            changed.txns.remove(at);
        }
    }
    Some(changed)
}

/// The items that stand in totals and agencies, as far as `wanted` says. Cells of breakdowns have
/// plants of their own: only their sums are told again.
pub(super) fn items(settled: &Settlement, wanted: impl Fn(&Contribution) -> bool) -> Vec<usize> {
    let all = settled.contributions.iter().enumerate();
    let own = all.filter(|(_, item)| !matches!(item.scope, Scope::Cell(_)) && wanted(item));
    own.map(|(at, _)| at).collect()
}

/// Rules under which a share carries a verdict.
pub(crate) fn with_target(rules: &Rules) -> Rules {
    let share = Fraction::new(1, 2).unwrap();
    let valid_from = doisoat::domain::Day::parse("2022-01-01").unwrap();
    Rules {
        targets: vec![doisoat::kpi::Target {
            definition: "TX_CASHLESS".into(),
            share,
            valid_from,
            valid_to: None,
        }],
        breakdowns: doisoat::domain::Dimension::ALL.to_vec(),
        ..rules.clone()
    }
}
