//! A list in numbered pages, and the faults of paging.

use chrono::NaiveDateTime;

use super::ListAct;
use super::listing::{self, Seen};
use crate::sandbox::world::World;

/// Ids of rows that no bank booked.
pub(crate) const INVENTED_FROM: i64 = 9_000_000;

/// The page that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) provider: &'static str,
    /// From 1.
    pub(crate) page: usize,
    pub(crate) size: usize,
    /// The beginning of the days asked for.
    pub(crate) from: NaiveDateTime,
}

/// The page, and what the envelope says about it.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) rows: Vec<Seen>,
    pub(crate) next: Option<usize>,
    pub(crate) total: usize,
    pub(crate) pages: usize,
}

/// Rows that appear or disappear while a client pages.
pub(crate) fn drift(world: &World, asked: Asked, list: Option<ListAct>, seen: &mut Vec<Seen>) {
    match list {
        Some(ListAct::DriftInsert) => {
            let mut desk = world.desk();
            desk.inserted = (desk.inserted + 3).min(12);
            for number in 0..desk.inserted {
                seen.insert(0, listing::invented(INVENTED_FROM + number, asked.from));
            }
        }
        Some(ListAct::DriftDelete) if asked.page > 1 && !seen.is_empty() => {
            // Only while the first listing is paged; the next one finds the row again.
            let day = seen[0].row.at.date();
            let times = world
                .desk()
                .listings
                .get(&(asked.provider, day))
                .copied()
                .unwrap_or_default();
            if times < 2 {
                seen.remove(0);
            }
        }
        _ => {}
    }
}

/// The rows of the asked page.
pub(crate) fn cut(asked: Asked, list: Option<ListAct>, seen: Vec<Seen>) -> Cut {
    let distinct = {
        let mut ids: Vec<i64> = seen.iter().map(|one| one.row.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let pages = seen.len().div_ceil(asked.size);
    let from = match list {
        Some(ListAct::DupPage) if asked.page == 2 => 0,
        _ => (asked.page - 1) * asked.size,
    };
    let rows = seen.into_iter().skip(from).take(asked.size).collect();
    let mut cut = Cut {
        rows,
        next: (asked.page < pages).then_some(asked.page + 1),
        total: distinct,
        pages,
    };
    match list {
        Some(ListAct::NextPageLoop) => cut.next = Some(asked.page),
        Some(ListAct::Endless) => {
            cut.rows = endless(asked);
            cut.next = Some(asked.page + 1);
        }
        Some(ListAct::TotalMismatch) => cut.total += 5,
        Some(ListAct::MissingLastPage) if asked.page >= pages => cut.rows.clear(),
        Some(ListAct::Unsorted) => cut.rows = listing::shuffled(cut.rows),
        _ => {}
    }
    cut
}

fn endless(asked: Asked) -> Vec<Seen> {
    let first = i64::try_from((asked.page - 1) * asked.size).unwrap_or(0);
    let count = i64::try_from(asked.size).unwrap_or(0);
    (0..count)
        .map(|number| listing::invented(INVENTED_FROM + first + number, asked.from))
        .collect()
}
