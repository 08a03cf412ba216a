//! The pages of a statement that comes in several: which page goes on where another ends, and
//! whether they add up together. The balances and sums of each may be those of all, so none can be
//! checked by itself.

use rust_decimal::Decimal;

use super::chain::{Owner, goes_over};
use crate::domain::{Flaw, HeldSums};
use crate::normalise::statement::message::against;
use crate::store::AccountStatement;

/// Ways through the pages that are followed; more come only of pages told again and again.
const WAYS_MAX: usize = 64;

/// True when `next` is the page after `last`. Where one of them goes on with a page of the same
/// statement, by its name, no page of another statement is.
pub(super) fn is_next(
    owner: Owner<'_>,
    told: &[AccountStatement],
    last: &AccountStatement,
    next: &AccountStatement,
) -> bool {
    let named = |a: &AccountStatement, b: &AccountStatement| {
        a.checked.id.is_some() && a.checked.id == b.checked.id
    };
    let taken = |other: &AccountStatement| {
        let after = named(last, other) && goes_over(owner, last, other);
        after || (named(other, next) && goes_over(owner, other, next))
    };
    goes_over(owner, last, next) && (named(last, next) || !told.iter().any(taken))
}

/// The ways through numbered pages from `first` to a last one; none where `first` is not a first
/// page, or a page is not there.
fn ways<'s>(
    owner: Owner<'_>,
    told: &'s [AccountStatement],
    first: &'s AccountStatement,
) -> Vec<Vec<&'s AccountStatement>> {
    let is_first = !first.checked.follows && first.checked.goes_on;
    if !is_first || first.checked.page.is_none() {
        return Vec::new();
    }
    let (mut open, mut whole) = (vec![vec![first]], Vec::new());
    while !open.is_empty() {
        let mut longer = Vec::new();
        for way in open {
            let Some(page) = way.last().copied() else {
                continue;
            };
            if !page.checked.goes_on {
                whole.push(way);
                continue;
            }
            let is_own = |next: &&AccountStatement| {
                let own = owner.of(next) == owner.of(first) && !way.contains(next);
                own && is_next(owner, told, page, next)
            };
            let next = told.iter().filter(is_own);
            longer.extend(next.map(|next| [&way[..], &[next]].concat()));
        }
        longer.truncate(WAYS_MAX);
        open = longer;
    }
    whole
}

/// What the pages from `first` on lack together: the last closing balance less the first opening
/// balance and what moved between. Zero when one of the ways through them agrees; none where
/// `first` is not a first page, a page is not there, or one tells no balance or cannot be read.
pub(super) fn gap(
    owner: Owner<'_>,
    told: &[AccountStatement],
    first: &AccountStatement,
) -> Option<Decimal> {
    let ways = ways(owner, told, first);
    if ways.iter().flatten().any(|page| page.rejects > 0) {
        return None;
    }
    let of_way = |way: &Vec<&AccountStatement>| {
        let mut end = first.opening?;
        for page in way {
            end = end
                .checked_add(page.credits)?
                .checked_sub(page.checked.debits)?;
        }
        way.last()?.closing?.checked_sub(end)
    };
    let gaps: Vec<Decimal> = ways.iter().filter_map(of_way).collect();
    let agrees = gaps.iter().find(|gap| gap.is_zero());
    agrees.or(gaps.first()).copied()
}

/// The numbers and sums that pages from `first` on tell, where they are neither those of the page
/// itself, nor of the pages up to it, nor of all. Empty when one of the ways through them agrees,
/// and where there is nothing to check.
pub(super) fn flaws(
    owner: Owner<'_>,
    told: &[AccountStatement],
    first: &AccountStatement,
) -> Vec<Flaw> {
    let ways = ways(owner, told, first);
    let mut found: Option<Vec<Flaw>> = None;
    for way in &ways {
        let Some(flaws) = of_way(way) else {
            return Vec::new();
        };
        if flaws.is_empty() {
            return flaws;
        }
        found.get_or_insert(flaws);
    }
    found.unwrap_or_default()
}

/// None where a page cannot be summed up.
fn of_way(way: &[&AccountStatement]) -> Option<Vec<Flaw>> {
    let sums = way.iter().map(|page| page.checked.sums.as_ref());
    let sums: Vec<_> = sums.collect::<Option<_>>()?;
    let add = |so_far: &HeldSums, held: &HeldSums| so_far.plus(held);
    let none = HeldSums::default();
    let all = sums.iter().fold(none, |all, page| add(&all, &page.held));
    let (mut so_far, mut flaws) = (none, Vec::new());
    for page in sums {
        so_far = add(&so_far, &page.held);
        for told in &page.told {
            let fits = |held: &HeldSums| against(held, told).is_empty();
            if !fits(&page.held) && !fits(&so_far) {
                flaws.extend(against(&all, told));
            }
        }
    }
    Some(flaws)
}
