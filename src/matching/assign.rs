//! The exact assignment of a small component: as many pairs as possible, then the greatest sum of
//! weights (the Hungarian method in integers). How sure a pair is, is how much is lost without it.

/// What pairs of rows and columns weigh; none: they do not go together.
pub type Weights = Vec<Vec<Option<i64>>>;

/// The best assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// The column of each row.
    pub columns: Vec<Option<usize>>,
    /// The sum of the weights of its pairs.
    pub weight: i64,
}

/// A pair is worth more than any sum of weights, so that their number comes first.
const PAIR: i64 = 1 << 40;
/// The cost of a pair that does not go together.
const NEVER: i64 = 1 << 50;

/// The greatest number of pairs, then the greatest weight. Weights lie far below 2^40; O(n^3).
pub fn best(weights: &Weights) -> Best {
    let rows = weights.len();
    let width = weights.first().map_or(0, Vec::len);
    // each row has a column of its own in which it stays alone
    let columns = width + rows;
    let cost = |row: usize, column: usize| match weights[row].get(column) {
        Some(Some(weight)) => -(PAIR + weight),
        None if column - width == row => 0,
        Some(None) | None => NEVER,
    };
    let owner = hungarian(rows, columns, cost);
    let mut best = Best {
        columns: vec![None; rows],
        weight: 0,
    };
    for (column, row) in owner.into_iter().enumerate().take(width) {
        if let Some((row, weight)) = row.and_then(|row| Some((row, weights[row][column]?))) {
            best.columns[row] = Some(column);
            best.weight += weight;
        }
    }
    best
}

/// How far the pair is ahead: of the best assignment without it, and of the best other pair that
/// either end could have. A pair without any other is ahead of nothing at all.
pub fn margin(weights: &Weights, best: &Best, row: usize, column: usize) -> i64 {
    let Some(own) = weights[row][column] else {
        return 0;
    };
    let mut without = weights.clone();
    without[row][column] = None;
    let whole = best.weight - self::best(&without).weight;
    let others = (0..weights[row].len()).filter(|c| *c != column);
    let of_row = others.filter_map(|c| weights[row][c]);
    let others = (0..weights.len()).filter(|r| *r != row);
    let of_column = others.filter_map(|r| weights[r][column]);
    let rival = of_row.chain(of_column).max().unwrap_or(0).max(0);
    whole.min(own - rival)
}

/// The row of each column in the cheapest assignment of every row to a column of its own;
/// `rows <= columns`.
fn hungarian(
    rows: usize,
    columns: usize,
    cost: impl Fn(usize, usize) -> i64,
) -> Vec<Option<usize>> {
    // column 0 is the one from which a row starts looking; rows and columns count from 1
    let mut owner = vec![0_usize; columns + 1];
    let (mut of_row, mut of_column) = (vec![0_i64; rows + 1], vec![0_i64; columns + 1]);
    for row in 1..=rows {
        owner[0] = row;
        let mut at = 0;
        let mut least = vec![i64::MAX; columns + 1];
        let mut came_from = vec![0_usize; columns + 1];
        let mut seen = vec![false; columns + 1];
        while owner[at] != 0 {
            seen[at] = true;
            let (from, mut step, mut next) = (owner[at], i64::MAX, 0);
            for column in (1..=columns).filter(|c| !seen[*c]) {
                let reduced = cost(from - 1, column - 1) - of_row[from] - of_column[column];
                if reduced < least[column] {
                    least[column] = reduced;
                    came_from[column] = at;
                }
                if least[column] < step {
                    step = least[column];
                    next = column;
                }
            }
            for column in 0..=columns {
                if seen[column] {
                    of_row[owner[column]] += step;
                    of_column[column] -= step;
                } else if column > 0 {
                    least[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            owner[at] = owner[came_from[at]];
            at = came_from[at];
        }
    }
    let row = |owner: &usize| owner.checked_sub(1);
    owner.iter().skip(1).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every assignment, one by one: (pairs, weight) of the best.
    fn naive(weights: &Weights, row: usize, used: &mut Vec<bool>) -> (usize, i64) {
        if row == weights.len() {
            return (0, 0);
        }
        let mut best = naive(weights, row + 1, used);
        for column in 0..used.len() {
            if let (false, Some(weight)) = (used[column], weights[row][column]) {
                used[column] = true;
                let (pairs, sum) = naive(weights, row + 1, used);
                best = best.max((pairs + 1, sum + weight));
                used[column] = false;
            }
        }
        best
    }

    fn component() -> impl Strategy<Value = Weights> {
        (1_usize..6, 1_usize..6).prop_flat_map(|(rows, columns)| {
            let weight = prop::option::of(-3_i64..6);
            prop::collection::vec(prop::collection::vec(weight, columns), rows)
        })
    }

    proptest! {
        #[test]
        fn the_best_is_the_best_of_all(weights in component()) {
            let found = best(&weights);
            let pairs = found.columns.iter().flatten().count();
            let mut used = vec![false; weights[0].len()];
            prop_assert_eq!((pairs, found.weight), naive(&weights, 0, &mut used));
            let columns: std::collections::BTreeSet<_> = found.columns.iter().flatten().collect();
            prop_assert_eq!(columns.len(), pairs);
        }

        #[test]
        fn equal_pairs_are_never_ahead(weight in 0_i64..100) {
            let weights = vec![vec![Some(weight); 2]; 2];
            let found = best(&weights);
            prop_assert_eq!(margin(&weights, &found, 0, found.columns[0].unwrap()), 0);
        }
    }

    #[test]
    fn more_pairs_come_before_more_weight() {
        // the heavy pair alone weighs more than the two light ones
        let weights = vec![vec![Some(100), Some(1)], vec![Some(1), None]];
        let found = best(&weights);
        assert_eq!(found.columns, [Some(1), Some(0)]);
        // and neither light pair is ahead of it
        assert!(margin(&weights, &found, 0, 1) < 0);
    }
}
