//! Dossiers by their squeezed codes. A code of at most 25 letters and digits is a number of 150
//! bits, so nearly every look-up compares numbers and follows no text.

use rustc_hash::FxHashMap;

use crate::domain::DossierCode;

use super::edit::{Edit, look_alike, one_edit};
use super::pool::{Index, at, index};

/// Letters and digits that fit into a number: a code of the longest usual agency and sequence.
const PACKED_MAX: usize = 25;
/// Bits of a letter or digit.
const BITS: usize = 6;

/// Positions by squeezed code; of two codes squeezed alike the later one.
#[derive(Debug, Default)]
pub(super) struct Squeezed {
    /// The number of each dossier, without its last four letters and digits and those alone; zero
    /// where the code is long.
    begins: Vec<u128>,
    ends: Vec<u32>,
    /// A part of the number's hash and the place of the dossier plus one, at the first free slot
    /// from where the rest of the hash points; zero is free.
    slots: Vec<u64>,
    /// A bit for each hash, sixteen times as many as dossiers: most questions are about codes that
    /// do not exist, and a list that stays in the cache answers nearly all of those.
    bits: Bits,
    /// The same of the codes without their last four characters, which are far fewer.
    heads: Bits,
    long: FxHashMap<Box<str>, Index>,
}

/// Letters and digits of the end of a number.
const END: usize = 4;

/// A squeezed code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Number {
    /// All but the last [`END`].
    begin: u128,
    end: u32,
}

impl Number {
    fn hash(self) -> u64 {
        self.behind(hash(self.begin))
    }

    /// The hash, where that of the beginning is known.
    fn behind(self, begin: u64) -> u64 {
        mixed(begin ^ u64::from(self.end), 0x9e37_79b9_7f4a_7c15)
    }

    /// With another letter or digit at this distance from the last one.
    fn with(self, distance: usize, was: u8, is: u8) -> Self {
        let Self { begin, end } = self;
        let (was, is) = (symbol(was).unwrap_or(0), symbol(is).unwrap_or(0));
        match distance.checked_sub(END) {
            None => {
                let shift = BITS * distance;
                let end = end - (was << shift) + (is << shift);
                Self { begin, end }
            }
            Some(distance) => {
                let shift = BITS * distance;
                let begin = begin - (u128::from(was) << shift) + (u128::from(is) << shift);
                Self { begin, end }
            }
        }
    }
}

/// A bit for each of a set of hashes.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    /// So many words or, that being no power of two, more.
    fn new(words: usize) -> Self {
        Self(vec![0; words.next_power_of_two()])
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        let word = usize::try_from(hash >> 20).unwrap_or(0) & self.0.len().saturating_sub(1);
        (word, 1 << (hash & 63))
    }

    fn set(&mut self, hash: u64) {
        let (word, bit) = self.place(hash);
        self.0[word] |= bit;
    }

    /// False for a hash that was not set.
    fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// The number that stands for a letter or digit, none for others.
fn symbol(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(1 + byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(11 + byte - b'A')),
        _ => None,
    }
}

/// The number of letters and digits, none when they are too many or others stand among them.
fn packed(squeezed: impl Iterator<Item = u8>) -> Option<Number> {
    let (mut number, mut length) = (Number::default(), 0);
    let whole_end = (1 << (BITS * END)) - 1;
    for byte in squeezed {
        length += 1;
        if length > PACKED_MAX {
            return None;
        }
        let first = number.end >> (BITS * (END - 1));
        number.begin = number.begin << BITS | u128::from(first);
        number.end = (number.end << BITS | symbol(byte)?) & whole_end;
    }
    Some(number)
}

fn letters(code: &DossierCode) -> impl Iterator<Item = u8> {
    code.as_bytes()
        .iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
}

/// The half of a number.
fn half(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or(0)
}

fn hash(number: u128) -> u64 {
    let low = half(number) ^ 0x9e37_79b9_7f4a_7c15;
    let high = half(number >> 64) ^ 0xd1b5_4a32_d192_ed03;
    mixed(low, high)
}

/// Every bit of the product of two halves.
fn mixed(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    half(product) ^ half(product >> 64)
}

impl Squeezed {
    /// Makes room.
    pub(super) fn reserve(&mut self, dossiers: usize) {
        self.begins.reserve_exact(dossiers);
        self.ends.reserve_exact(dossiers);
        self.rebuild(self.begins.len() + dossiers);
    }

    /// Slots for so many dossiers, filled anew.
    fn rebuild(&mut self, dossiers: usize) {
        let slots = (dossiers + dossiers / 3).next_power_of_two().max(16);
        self.slots.clear();
        self.slots.resize(slots, 0);
        self.bits = Bits::new(slots / 4);
        self.heads = Bits::new(slots / 32);
        for place in (0..self.begins.len()).map(index) {
            let number = self.number(place);
            if number != Number::default() {
                self.place(number, place);
            }
        }
    }

    fn number(&self, place: Index) -> Number {
        Number {
            begin: self.begins.get(at(place)).copied().unwrap_or(0),
            end: self.ends.get(at(place)).copied().unwrap_or(0),
        }
    }

    /// Adds the next dossier; `place` counts them.
    pub(super) fn insert(&mut self, code: &DossierCode, place: Index) {
        self.begins.resize(at(place) + 1, 0);
        self.ends.resize(at(place) + 1, 0);
        let Some(number) = packed(letters(code)) else {
            self.long.insert(code.squeezed().into(), place);
            return;
        };
        (self.begins[at(place)], self.ends[at(place)]) = (number.begin, number.end);
        let dossiers = self.begins.len();
        if self.slots.len() < dossiers + dossiers / 3 {
            self.rebuild(2 * dossiers);
        } else {
            self.place(number, place);
        }
    }

    fn place(&mut self, number: Number, place: Index) {
        let begin = hash(number.begin);
        let hash = number.behind(begin);
        let (slot, _) = self.look(number, hash);
        let mark = hash & 0xffff_ffff_0000_0000;
        self.slots[slot] = mark | (u64::from(place) + 1);
        self.bits.set(hash);
        self.heads.set(begin);
    }

    /// The slot of a number, and the dossier there: its own or none.
    fn look(&self, number: Number, hash: u64) -> (usize, Option<Index>) {
        let last = self.slots.len() - 1;
        let mut slot = usize::try_from(hash & 0xffff_ffff).unwrap_or(0) & last;
        loop {
            let held = self.slots[slot];
            if held == 0 {
                return (slot, None);
            }
            if held >> 32 == hash >> 32 {
                let place = Index::try_from((held & 0xffff_ffff) - 1).unwrap_or(Index::MAX);
                if self.number(place) == number {
                    return (slot, Some(place));
                }
            }
            slot = (slot + 1) & last;
        }
    }

    fn find(&self, number: Number) -> Option<Index> {
        self.find_hashed(number, number.hash())
    }

    fn find_hashed(&self, number: Number, hash: u64) -> Option<Index> {
        let may_have = self.bits.may_have(hash);
        may_have.then(|| self.look(number, hash).1)?
    }

    /// The dossier with this squeezed code.
    pub(super) fn get(&self, squeezed: &str) -> Option<Index> {
        match packed(squeezed.bytes()) {
            Some(number) => self.find(number),
            None => self.long.get(squeezed).copied(),
        }
    }

    /// The dossier whose code is squeezed as this text, punctuation and case left aside.
    pub(super) fn of_text(&self, text: &str) -> Option<Index> {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        self.find(packed(letters.map(|b| b.to_ascii_uppercase()))?)
    }

    /// The dossier whose code is squeezed as this one.
    pub(super) fn of_code(&self, code: &DossierCode) -> Option<Index> {
        match packed(letters(code)) {
            Some(number) => self.find(number),
            None => self.long.get(&*code.squeezed()).copied(),
        }
    }

    /// Calls `visit` for every dossier whose squeezed code is one edit away from `written`, in the
    /// order of [`one_edit`].
    pub(super) fn one_edit(&self, written: &str, mut visit: impl FnMut(Index, Edit)) {
        let Some(number) = packed(written.bytes()) else {
            one_edit(written, |spelling, edit| {
                if let Some(dossier) = self.get(spelling) {
                    visit(dossier, edit);
                }
            });
            return;
        };
        let own = (number.begin, hash(number.begin));
        let mut tell = |number: Number, edit| {
            let begin = if number.begin == own.0 {
                own.1
            } else {
                hash(number.begin)
            };
            if !self.heads.may_have(begin) {
                return;
            }
            if let Some(dossier) = self.find_hashed(number, number.behind(begin)) {
                visit(dossier, Edit(edit));
            }
        };
        let bytes = written.as_bytes();
        for (place, was) in bytes.iter().enumerate() {
            let distance = bytes.len() - 1 - place;
            if was.is_ascii_digit() {
                for digit in (b'0'..=b'9').filter(|digit| digit != was) {
                    tell(number.with(distance, *was, digit), "digit");
                }
            }
            if let Some(twin) = look_alike(*was) {
                tell(number.with(distance, *was, twin), "letter");
            }
            if let Some(next) = bytes.get(place + 1).filter(|next| *next != was) {
                let first = number.with(distance, *was, *next);
                tell(first.with(distance - 1, *next, *was), "swap");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_codes_are_found() {
        let codes = [
            "H48-221202-0001",
            "H48.18.22-221202-0001",
            "000.00.53.H48-220921-0099",
            "H15.50.05.13.AB.CD-261008-0975123",
        ];
        let codes = codes.map(|raw| DossierCode::parse(raw).unwrap());
        let mut all = Squeezed::default();
        for (code, place) in codes.iter().zip(0..) {
            all.insert(code, place);
        }
        for (code, place) in codes.iter().zip(0..) {
            assert_eq!(all.of_code(code), Some(place), "{code}");
            assert_eq!(all.get(&code.squeezed()), Some(place), "{code}");
        }
        assert_eq!(all.get("H48221202"), None);
        assert_eq!(all.get("H48-221202-0001"), None, "not squeezed");
        assert_eq!(all.get("0H482212020001"), None, "a leading zero counts");
    }

    #[test]
    fn edits_of_the_number_are_edits_of_the_text() {
        let base = "000.00.51.H48-221202-0010";
        let mut all = Squeezed::default();
        let mut codes: Vec<DossierCode> = Vec::new();
        one_edit(&base.replace(['.', '-'], ""), |spelling, _| {
            let parts = [(0, 3), (3, 5), (5, 7), (7, 10), (10, 16), (16, 20)];
            let part = |at: usize| &spelling[parts[at].0..parts[at].1];
            let agency = [part(0), part(1), part(2), part(3)].join(".");
            codes.extend(DossierCode::parse(&format!(
                "{agency}-{}-{}",
                part(4),
                part(5)
            )));
        });
        assert!(codes.len() > 100);
        for (code, place) in codes.iter().zip(0..) {
            all.insert(code, place);
        }
        for written in [&*base.replace(['.', '-'], ""), "H48", "", &"1".repeat(30)] {
            let mut expected = Vec::new();
            one_edit(written, |spelling, edit| {
                expected.extend(all.get(spelling).map(|dossier| (dossier, edit)));
            });
            let mut found = Vec::new();
            all.one_edit(written, |dossier, edit| found.push((dossier, edit)));
            assert_eq!(found, expected, "{written}");
        }
    }
}
