//! Of which day an export file tells. Its rows count from their own dates; what replaces something
//! told before counts from the day of its file, so that files read late, early or many at once tell
//! the same as if each had been read on its own night.

use crate::domain::{Day, Moment};
use crate::normalise::RegistryRows;

/// What there is to go by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clues {
    /// The day in its name.
    pub(super) named: Option<Day>,
    /// The latest day on which something in it happened.
    pub(super) content: Option<Day>,
    /// The night that reads it.
    pub(super) night: Day,
    /// The last day that has closed: no file tells of a later one.
    pub(super) last_closed: Day,
    /// The day of the newest file of its kind read so far.
    pub(super) newest: Option<Day>,
}

/// The day in its name. Without one it follows the files read so far and the dates of its rows, but
/// no further than the night that reads it, unless its own rows are later.
pub(super) fn of(clues: &Clues) -> Day {
    if let Some(named) = clues.named {
        // a file written after midnight may carry the new day
        return named.min(clues.last_closed);
    }
    let Some(content) = clues.content else {
        return clues.night;
    };
    let after = clues.newest.map(|newest| newest.plus(1));
    content.max(clues.night.min(after.unwrap_or(content)))
}

/// The latest day, up to `last`, on which something in the rows happened.
pub(super) fn latest(rows: &RegistryRows, last: Day) -> Option<Day> {
    let fees = rows.fees.iter().flat_map(|fee| {
        let more = &fee.more;
        let moments = [
            &more.received_at,
            &more.processing_started_at,
            &more.result_at,
            &more.paid_at,
        ];
        let told = moments.into_iter().flatten().map(Moment::day);
        told.chain(fee.dossier_code.received_on())
            .collect::<Vec<_>>()
    });
    let orders = rows.orders.iter().map(|order| order.created_at.day());
    let receipts = rows
        .receipts
        .iter()
        .map(|receipt| receipt.collected_at.day());
    fees.chain(orders)
        .chain(receipts)
        .filter(|day| *day <= last)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_the_day_that_it_tells() {
        let december = |n: u32| Day::parse("2022-12-01").unwrap().plus(n - 1);
        let check = |named: u32, content: u32, newest: u32, night: u32, day: u32| {
            let some = |n: u32| (n > 0).then(|| december(n));
            let clues = Clues {
                named: some(named),
                content: some(content),
                night: december(night),
                last_closed: december(20),
                newest: some(newest),
            };
            assert_eq!(of(&clues), december(day), "{clues:?}");
        };
        // named content newest night -> day
        check(5, 5, 4, 5, 5); // the everyday case
        check(5, 5, 4, 6, 5); // late, or pulled with the next day's
        check(9, 9, 4, 5, 9); // caught up: many nights wait in the folder
        check(21, 20, 19, 20, 20); // written after midnight
        check(5, 2, 4, 5, 5); // a quiet day
        check(0, 5, 4, 5, 5); // no day in the name
        check(0, 5, 4, 6, 5); // pulled with the next day's
        check(0, 9, 4, 5, 9); // caught up
        check(0, 2, 4, 5, 5); // a quiet day, told by the files before
        check(0, 2, 5, 5, 5); // the second file of a day
        check(0, 2, 9, 5, 5); // rerun while later nights are there
        check(0, 0, 4, 5, 5); // nothing dated in it
        check(0, 2, 0, 5, 2); // the first file
    }
}
