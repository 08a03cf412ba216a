//! PURE: the entries of one column, added up in every way in which a file may add them up.

use rust_decimal::Decimal;

use super::super::Sum;

/// All entries, those that succeeded, the others.
const SETS: usize = 3;
/// Each of them without sign; what went back taken off; what came alone; what went back alone; what
/// is left after the fee.
const READINGS: usize = 5;
const AFTER_FEE: usize = 4;

/// One entry.
pub(super) struct Item {
    /// Without sign.
    pub(super) size: Decimal,
    /// True where it takes back what another gave.
    pub(super) back: bool,
    /// True where it succeeded.
    pub(super) done: bool,
    /// What is left of it after the provider's fee, where the file tells.
    pub(super) after_fee: Option<Decimal>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    held: [[Sum; READINGS]; SETS],
    /// Entries without money, which are counted or not.
    zeros: u64,
}

impl Tally {
    pub(super) fn add(&mut self, item: &Item) {
        let sign = if item.back {
            Decimal::NEGATIVE_ONE
        } else {
            Decimal::ONE
        };
        let counts = [true, item.done, !item.done];
        let sets = self.held.iter_mut().zip(counts);
        for (set, _) in sets.filter(|(_, counts)| *counts) {
            let [gross, net, came, back, after_fee] = set;
            gross.add(item.size);
            net.add(item.size * sign);
            let part = if item.back { back } else { came };
            part.add(item.size);
            if let Some(left) = item.after_fee {
                after_fee.add(left * sign);
            }
        }
        self.zeros += u64::from(item.size.is_zero());
    }

    /// What was added since an earlier state of it.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let mut later = self.clone();
        let (of, from) = (later.held.iter_mut(), earlier.held.iter());
        for (sum, known) in of.flatten().zip(from.flatten()) {
            sum.count -= known.count;
            sum.sum = sum.sum.saturating_sub(known.sum);
        }
        later.zeros -= earlier.zeros;
        later
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gross().count == 0
    }

    /// Every entry.
    pub(super) fn gross(&self) -> Sum {
        self.held[0][0]
    }

    /// All of them, without and with what went back.
    pub(super) fn readings(&self) -> impl Iterator<Item = Sum> {
        self.held[0][..3].iter().copied()
    }

    /// True where some reading gives a figure, as money or as a count. `off` is what rows of sums
    /// before have more than the entries; `of_some` tells that it may be of some rows alone.
    pub(super) fn explains(&self, figure: Decimal, off: Decimal, of_some: bool) -> bool {
        let mut sums = self.held.iter().flat_map(|set| set.iter().enumerate());
        sums.any(|(reading, held)| {
            // a reading without rows explains no zero, but for files that tell it apart
            let told = held.count > 0 || of_some || self.is_empty();
            if !told || (reading == AFTER_FEE && !of_some) {
                return false;
            }
            let sum = held.sum.abs();
            let count = Decimal::from(held.count);
            let counted = count.saturating_sub(self.zeros.into());
            [sum, sum.saturating_add(off), count, counted].contains(&figure)
        })
    }
}
