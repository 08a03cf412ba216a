//! Listing a day page by page when rows may arrive or vanish meanwhile.
//!
//! Then pages shift: a row is repeated or skipped without an error. The defence is the provider's
//! own total and a second listing: a listing counts when its total did not move and it holds as
//! many rows; without a total, when a second listing brings the same rows.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::domain::Day;
use crate::source::error::{Gap, SourceError};
use crate::source::window::{Listed, Row};
use crate::source::{BoxFuture, DayControl};

/// A day is listed at most so often until its total stands still.
const LISTINGS_MAX: u32 = 4;
/// Pages of one listing where nothing else is said.
pub(super) const PAGES_MAX: u32 = 2_000;

/// One page. `M` marks a page: a number, or a cursor.
#[derive(Debug)]
pub(super) struct Page<M> {
    pub(super) rows: Vec<Row>,
    /// The provider's count of the whole listing, where it tells it.
    pub(super) total: Option<u64>,
    /// The next page; none at the end.
    pub(super) next: Option<M>,
    /// The row that the page repeats from the one before by design (`since`, inclusive).
    pub(super) overlap: Option<String>,
    /// Asked for only to see whether the one before was the last: nothing new in it is the end.
    pub(super) trial: bool,
}

/// How a day is read: its first page, and limits.
#[derive(Debug)]
pub(super) struct Plan<M> {
    pub(super) day: Day,
    pub(super) first: M,
    /// Rows asked for with each page.
    pub(super) size: u64,
    pub(super) pages_max: u32,
    /// Rows that come or go shift the pages: without a total, several pages count when they come
    /// out the same twice.
    pub(super) shifts: bool,
}

/// Fetches a page.
pub(super) type Fetch<'f, M> = dyn Fn(M) -> BoxFuture<'f, Result<Page<M>, SourceError>> + Sync + 'f;

/// Lists a day until its total stands still and is met. `at` names the request of a page.
pub(super) async fn list_day<M: Ord + Clone + Send + Sync>(
    plan: &Plan<M>,
    fetch: &Fetch<'_, M>,
    at: &(dyn Fn(&M) -> Box<str> + Sync),
) -> Result<Listed, SourceError> {
    let mut before: Option<Listing> = None;
    let mut short = Gap::Short {
        expected: 0,
        got: 0,
    };
    for _ in 0..LISTINGS_MAX {
        let listing = list_once(plan, fetch, at).await?;
        let unsure = plan.shifts && listing.is_unsure(before.as_ref());
        if !unsure && listing.is_whole(plan.day, before.as_ref()) {
            return Ok(listing.listed(plan.day));
        }
        short = if unsure { Gap::Moved } else { listing.gap() };
        before = Some(listing);
    }
    Err(SourceError::Incomplete {
        at: at(&plan.first),
        gap: short,
    })
}

/// One walk through all pages of a day.
#[derive(Debug, Default)]
struct Listing {
    rows: Vec<Row>,
    /// The keys of the rows.
    keys: FxHashSet<String>,
    totals: BTreeSet<Option<u64>>,
    /// A page came that brought nothing new: drift, or a page sent twice.
    repeated_page: bool,
    /// Pages that brought something.
    pages: u32,
}

async fn list_once<M: Ord + Clone + Send + Sync>(
    plan: &Plan<M>,
    fetch: &Fetch<'_, M>,
    at: &(dyn Fn(&M) -> Box<str> + Sync),
) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let mut read = BTreeSet::new();
    let mut mark = plan.first.clone();
    for _ in 0..plan.pages_max {
        let incomplete = |gap| {
            let at = at(&mark);
            Err(SourceError::Incomplete { at, gap })
        };
        let answer = fetch(mark.clone()).await?;
        let fresh = listing.without_overlap(answer.rows, answer.overlap.as_deref());
        let keys = listing.keys.len();
        listing.keys.extend(fresh.iter().map(|row| row.key.clone()));
        let is_new = listing.keys.len() > keys;
        listing.totals.insert(answer.total);
        if answer.trial && !is_new {
            // Pages differed, so the source reads which one is asked for: it repeats its last. Else
            // it may give the first whatever is asked for, and the rest was never seen.
            let reads_marks = plan.shifts && listing.pages > 1;
            if fresh.is_empty() || reads_marks {
                return Ok(listing);
            }
            return incomplete(Gap::SamePage);
        }
        listing.repeated_page |= !is_new && !fresh.is_empty();
        listing.pages += u32::from(is_new);
        listing.rows.extend(fresh);
        read.insert(mark.clone());
        let Some(next) = answer.next else {
            return Ok(listing);
        };
        if read.contains(&next) {
            return incomplete(Gap::Loop);
        }
        let most = answer
            .total
            .map_or(u64::MAX, |total| 2 * total + 5 * plan.size);
        if count(listing.rows.len()) > most {
            return incomplete(Gap::Endless);
        }
        mark = next;
    }
    let gap = if listing.total().is_some() {
        Gap::Endless
    } else {
        let answers = plan.pages_max;
        Gap::NoEnd { answers }
    };
    Err(SourceError::Incomplete { at: at(&mark), gap })
}

impl Listing {
    /// The rows of a page without the one that it repeats by design.
    fn without_overlap(&self, rows: Vec<Row>, overlap: Option<&str>) -> Vec<Row> {
        let Some(key) = overlap else { return rows };
        let repeated = |row: &Row| row.key == key && self.rows.contains(row);
        rows.into_iter().filter(|row| !repeated(row)).collect()
    }

    fn listed(self, day: Day) -> Listed {
        let control = self.total().map(|expected| {
            let tallies = self.tallies(day);
            let tally = tallies.into_iter().find(|tally| *tally == expected);
            DayControl {
                expected,
                delivered: tally.unwrap_or(expected),
            }
        });
        Listed {
            rows: self.rows,
            control,
        }
    }

    /// The total, when it stood still.
    fn total(&self) -> Option<u64> {
        match self.totals.iter().collect::<Vec<_>>().as_slice() {
            [total] => **total,
            _ => None,
        }
    }

    /// Ways in which the provider may have counted: distinct ids, and of those the ones dated on
    /// the day (rows of other days may be mixed in).
    fn tallies(&self, day: Day) -> [u64; 2] {
        let of_day = |row: &&Row| row.day().is_none_or(|dated| dated == day);
        let all = count(self.keys.len());
        if self.rows.iter().all(|row| of_day(&row)) {
            return [all, all];
        }
        let dated = self.rows.iter().filter(of_day);
        let dated: FxHashSet<&str> = dated.map(|row| row.key.as_str()).collect();
        [all, count(dated.len())]
    }

    /// True when the listing can be trusted: its total did not move and is met. Rows that stand
    /// twice and are counted twice look like drift, so they are believed the second time they come
    /// out the same.
    fn is_whole(&self, day: Day, before: Option<&Self>) -> bool {
        if self.totals.len() != 1 || self.repeated_page {
            return false;
        }
        let Some(total) = self.total() else {
            return true;
        };
        let same_as_before = || {
            before.is_some_and(|before| before.totals == self.totals && before.keys == self.keys)
        };
        self.tallies(day).contains(&total) || (count(self.rows.len()) == total && same_as_before())
    }

    /// True for pages of which no total says that they are all, until they come the same again.
    fn is_unsure(&self, before: Option<&Self>) -> bool {
        let untold = self.totals.iter().all(Option::is_none);
        untold && self.pages > 1 && before.is_none_or(|before| before.keys != self.keys)
    }

    fn gap(&self) -> Gap {
        let expected = self.totals.iter().flatten().max().copied().unwrap_or(0);
        Gap::Short {
            expected,
            got: count(self.keys.len()),
        }
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
