//! Chance with a seed: the only source of variety in the invented district.
//!
//! Draws are made in `u32`/`i64`, never in `usize`, so that a seed gives the same district on every
//! machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded stream of choices.
pub(crate) struct Dice {
    rng: ChaCha8Rng,
}

impl Dice {
    /// The stream of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        if n == 0 {
            0
        } else {
            self.rng.random_range(0..n)
        }
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        if low >= high {
            low
        } else {
            self.rng.random_range(low..=high)
        }
    }

    /// True `permille` times in a thousand.
    pub(crate) fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < permille
    }

    /// An index into a slice of `len` entries; 0 for an empty slice.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        let drawn = self.below(u32::try_from(len).unwrap_or(u32::MAX));
        usize::try_from(drawn).unwrap_or(0)
    }

    /// One entry of a list that is known to hold some.
    pub(crate) fn pick<'a, T>(&mut self, entries: &'a [T]) -> &'a T {
        assert!(!entries.is_empty(), "nothing to pick from");
        let at = self.index(entries.len());
        &entries[at]
    }

    /// One entry, drawn in proportion to its weight.
    pub(crate) fn weighted<'a, T>(&mut self, entries: &'a [(u32, T)]) -> &'a T {
        let total: u32 = entries.iter().map(|(weight, _)| *weight).sum();
        let mut left = self.below(total);
        for (weight, entry) in entries {
            if left < *weight {
                return entry;
            }
            left -= *weight;
        }
        &entries[0].1
    }

    /// `count` random decimal digits; the first is never 0, so the text keeps its width as a
    /// number.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        let mut text = String::with_capacity(count);
        for position in 0..count {
            let digit = if position == 0 {
                1 + self.below(9)
            } else {
                self.below(10)
            };
            text.push(char::from_digit(digit, 10).unwrap_or('0'));
        }
        text
    }

    /// Puts the entries into random order (Fisher-Yates).
    pub(crate) fn shuffle<T>(&mut self, entries: &mut [T]) {
        for last in (1..entries.len()).rev() {
            let other = self.index(last + 1);
            entries.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_draws() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            (0..50)
                .map(|_| dice.between(1, 1_000_000))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1);
        let entries = [(0, "never"), (900, "often"), (100, "rarely")];
        let drawn: Vec<&str> = (0..2000).map(|_| *dice.weighted(&entries)).collect();
        let rare = drawn.iter().filter(|text| **text == "rarely").count();
        assert!(!drawn.contains(&"never"));
        assert!((120..300).contains(&rare), "{rare}");
    }
}
