//! Sorting rows that are large by keys that are texts: places are sorted, not rows, by a number
//! that holds the beginning of the key, and each row is moved once.

use std::cmp::Ordering;
use std::ops::Range;

/// A place in a list; our lists are far shorter than 2^32 rows.
pub fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A place as an index.
pub fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// The first sixteen bytes of a text as a number that sorts as the text does.
pub fn prefix(text: &str) -> u128 {
    prefix_of(text.as_bytes())
}

/// The same for bytes.
pub fn prefix_of(text: &[u8]) -> u128 {
    if let Some(begin) = text.first_chunk() {
        return u128::from_be_bytes(*begin);
    }
    let mut bytes = [0; 16];
    bytes[..text.len()].copy_from_slice(text);
    u128::from_be_bytes(bytes)
}

/// The places of the rows in their stable order; none where they stand in it already. `prefix`
/// must not contradict `order`: where two prefixes differ, so do the rows, and the same way.
pub fn order_of<T>(
    rows: &[T],
    prefix: impl Fn(&T) -> u128,
    order: impl Fn(&T, &T) -> Ordering,
) -> Option<Vec<u32>> {
    if rows.is_sorted_by(|a, b| order(a, b).is_le()) {
        return None;
    }
    let keyed = rows.iter().enumerate();
    let mut keyed: Vec<(u128, u32)> = keyed.map(|(i, row)| (prefix(row), place(i))).collect();
    // files are delivered in runs that are sorted already, which a stable sort joins
    keyed.sort_by(|(x, i), (y, j)| {
        let full = || order(&rows[at(*i)], &rows[at(*j)]);
        x.cmp(y).then_with(full)
    });
    Some(keyed.into_iter().map(|(_, place)| place).collect())
}

/// Puts the row from place `order[k]` to place `k`.
pub fn permute<T>(rows: &mut [T], mut order: Vec<u32>) {
    for start in 0..rows.len() {
        let mut to = start;
        loop {
            let from = at(order[to]);
            order[to] = place(to);
            if from == start || from == to {
                break;
            }
            rows.swap(to, from);
            to = from;
        }
    }
}

/// The ranges of more than one row that are `same`, in sorted rows.
pub fn twins<T>(rows: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Range<usize>> {
    let (mut twins, mut start) = (Vec::new(), 0);
    for group in rows.chunk_by(same) {
        if group.len() > 1 {
            twins.push(start..start + group.len());
        }
        start += group.len();
    }
    twins
}

/// Keeps the first row of each of the ranges, which stand in order, and every row beside them.
pub fn keep_first<T>(rows: &mut Vec<T>, ranges: &[Range<usize>]) {
    let mut ranges = ranges.iter().peekable();
    let mut at = 0;
    rows.retain(|_| {
        while ranges.next_if(|range| range.end <= at).is_some() {}
        let inside = ranges.peek().is_some_and(|range| range.start < at);
        at += 1;
        !inside
    });
}

/// Sorts rows in their stable order.
pub fn sort<T>(rows: &mut [T], prefix: impl Fn(&T) -> u128, order: impl Fn(&T, &T) -> Ordering) {
    if let Some(places) = order_of(rows, prefix, order) {
        permute(rows, places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_of_equal_rows_is_kept() {
        let mut rows = vec![
            (1, 'a'),
            (2, 'b'),
            (2, 'c'),
            (3, 'd'),
            (4, 'e'),
            (4, 'f'),
            (4, 'g'),
        ];
        let ranges = twins(&rows, |a, b| a.0 == b.0);
        assert_eq!(ranges, [1..3, 4..7]);
        keep_first(&mut rows, &ranges);
        assert_eq!(rows, [(1, 'a'), (2, 'b'), (3, 'd'), (4, 'e')]);
    }

    proptest! {
        #[test]
        fn rows_are_sorted_as_the_library_sorts_them(
            texts in prop::collection::vec("[ab\u{e9}]{0,20}", 0..40)
        ) {
            let mut rows: Vec<(String, usize)> = texts.into_iter().zip(0..).collect();
            let mut expected = rows.clone();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            sort(&mut rows, |row| prefix(&row.0), |a, b| a.0.cmp(&b.0));
            prop_assert_eq!(rows, expected);
        }
    }
}
