//! Chance with a seed. Draws are made in `u32` and `i64`, never in `usize`: a seed gives the same
//! corpus on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded stream of choices.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of one day of a seed: days do not depend on each other.
    pub(crate) fn of_day(seed: u64, day: i64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(day.unsigned_abs());
        Self(rng)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        if low >= high {
            low
        } else {
            self.0.random_range(low..=high)
        }
    }

    /// True `permille` times in a thousand.
    pub(crate) fn chance(&mut self, permille: i64) -> bool {
        self.between(0, 999) < permille
    }

    /// An index into `len` entries.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        let last = i64::try_from(len).unwrap_or(1) - 1;
        usize::try_from(self.between(0, last)).unwrap_or(0)
    }

    /// One entry of a list that holds some.
    pub(crate) fn pick<T: Copy>(&mut self, entries: &[T]) -> T {
        entries[self.index(entries.len())]
    }

    /// One entry, drawn in proportion to its weight.
    pub(crate) fn weighted<T: Copy>(&mut self, entries: &[(u32, T)]) -> T {
        let total: i64 = entries.iter().map(|(weight, _)| i64::from(*weight)).sum();
        let mut left = self.between(0, total - 1);
        for (weight, entry) in entries {
            left -= i64::from(*weight);
            if left < 0 {
                return *entry;
            }
        }
        entries[0].1
    }

    /// So many decimal digits, the first not 0.
    pub(crate) fn digits(&mut self, count: u32) -> String {
        let low = 10_i64.pow(count - 1);
        self.between(low, low * 10 - 1).to_string()
    }
}
