//! PURE: places of rows, a bit each: a file of millions of rows has no room for more.

use std::ops::Range;

/// Places that were noted in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The place of the first bit.
    base: usize,
    bits: Vec<u64>,
}

const WIDTH: usize = 64;

impl Places {
    /// Notes a place behind all others; one before the first is not taken.
    pub(super) fn push(&mut self, place: usize) {
        if self.bits.is_empty() {
            self.base = place - place % WIDTH;
        }
        let Some(at) = place.checked_sub(self.base) else {
            return;
        };
        let word = at / WIDTH;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(word) {
            *bits |= 1 << (at % WIDTH);
        }
    }

    /// Forgets the places of a range.
    pub(super) fn remove(&mut self, range: Range<usize>) {
        for place in range {
            let at = place.checked_sub(self.base);
            let bits = at.and_then(|at| Some((at, self.bits.get_mut(at / WIDTH)?)));
            if let Some((at, bits)) = bits {
                *bits &= !(1 << (at % WIDTH));
            }
        }
    }

    /// True for a noted place.
    pub fn contains(&self, place: usize) -> bool {
        let at = place.checked_sub(self.base);
        let bits = at.and_then(|at| Some((at, self.bits.get(at / WIDTH)?)));
        bits.is_some_and(|(at, bits)| bits >> (at % WIDTH) & 1 == 1)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let words = self.bits.iter().enumerate();
        words.flat_map(|(word, bits)| {
            let from = self.base + word * WIDTH;
            let bits = (0..WIDTH).filter(move |at| bits >> at & 1 == 1);
            bits.map(move |at| from + at)
        })
    }

    /// True where none is noted.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|bits| *bits == 0)
    }

    /// The last of them.
    pub fn last(&self) -> Option<usize> {
        let word = self.bits.iter().rposition(|bits| *bits != 0)?;
        let bits = self.bits.get(word)?;
        let at = (0..WIDTH).rfind(|at| bits >> at & 1 == 1)?;
        Some(self.base + word * WIDTH + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_noted_in_order() {
        let mut places = Places::default();
        assert!(places.is_empty() && places.last().is_none() && !places.contains(0));
        let noted = [70, 71, 127, 128, 500];
        for place in noted {
            places.push(place);
        }
        assert_eq!(places.iter().collect::<Vec<_>>(), noted);
        assert_eq!(places.last(), Some(500));
        assert!(places.contains(128) && !places.contains(129) && !places.contains(9000));
        places.remove(128..501);
        places.remove(0..71);
        assert_eq!(places.iter().collect::<Vec<_>>(), [71, 127]);
        places.push(130);
        assert_eq!(places.last(), Some(130));
    }
}
