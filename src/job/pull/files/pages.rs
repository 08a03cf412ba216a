//! Whether numbered pages add up together: the balances of each may be those of all, so none can be
//! checked by itself.

use rust_decimal::Decimal;

use super::chain::{Owner, goes_over};
use crate::store::AccountStatement;

/// Ways through the pages that are followed; more come only of pages told again and again.
const WAYS_MAX: usize = 64;

/// What the pages from `first` on lack together: the last closing balance less the first opening
/// balance and what moved between. Zero when one of the ways through them agrees; none where
/// `first` is not a first page, a page is not there, or one tells no balance or cannot be read.
pub(super) fn gap(
    owner: Owner<'_>,
    told: &[AccountStatement],
    first: &AccountStatement,
) -> Option<Decimal> {
    let is_first = !first.checked.follows && first.checked.goes_on;
    let opening = first.opening.filter(|_| is_first)?;
    first.checked.page?;
    let own = |page: &&AccountStatement| owner.of(page) == owner.of(first);
    let mut ways = vec![(first, opening)];
    let mut gaps: Vec<Decimal> = Vec::new();
    while !ways.is_empty() {
        let mut longer: Vec<(&AccountStatement, Decimal)> = Vec::new();
        for (page, before) in ways {
            let moved = page.credits.checked_sub(page.checked.debits)?;
            let end = before.checked_add(moved)?;
            if page.rejects > 0 {
                return None;
            }
            let next = told.iter().filter(own);
            let next = next.filter(|next| goes_over(owner, page, next));
            let known = longer.len();
            longer.extend(next.map(|next| (next, end)));
            if longer.len() == known && !page.checked.goes_on {
                gaps.extend(page.closing.and_then(|closing| closing.checked_sub(end)));
            }
        }
        longer.truncate(WAYS_MAX);
        ways = longer;
    }
    let agrees = gaps.iter().find(|gap| gap.is_zero());
    agrees.or(gaps.first()).copied()
}
