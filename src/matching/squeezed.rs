//! Dossiers by their squeezed codes. A code of at most 21 letters and digits is one number of 126
//! bits, so nearly every look-up compares numbers and follows no text.

use rustc_hash::FxHashMap;

use crate::domain::DossierCode;

use super::pool::Index;

/// Letters and digits that fit into a number.
const PACKED_MAX: usize = 21;

/// Positions by squeezed code; of two codes squeezed alike the later one.
#[derive(Debug, Default)]
pub(super) struct Squeezed {
    packed: FxHashMap<u128, Index>,
    long: FxHashMap<Box<str>, Index>,
}

/// The number of letters and digits, none when they are too many or others stand among them.
fn packed(squeezed: impl Iterator<Item = u8>) -> Option<u128> {
    let (mut number, mut length) = (0_u128, 0);
    for byte in squeezed {
        let symbol = match byte {
            b'0'..=b'9' => 1 + byte - b'0',
            b'A'..=b'Z' => 11 + byte - b'A',
            _ => return None,
        };
        length += 1;
        if length > PACKED_MAX {
            return None;
        }
        number = number << 6 | u128::from(symbol);
    }
    Some(number)
}

fn letters(code: &DossierCode) -> impl Iterator<Item = u8> {
    code.as_str().bytes().filter(u8::is_ascii_alphanumeric)
}

impl Squeezed {
    /// Makes room.
    pub(super) fn reserve(&mut self, dossiers: usize) {
        self.packed.reserve(dossiers);
    }

    /// Adds a dossier.
    pub(super) fn insert(&mut self, code: &DossierCode, place: Index) {
        match packed(letters(code)) {
            Some(number) => self.packed.insert(number, place),
            None => self.long.insert(code.squeezed().into(), place),
        };
    }

    /// The dossier with this squeezed code.
    pub(super) fn get(&self, squeezed: &str) -> Option<Index> {
        match packed(squeezed.bytes()) {
            Some(number) => self.packed.get(&number).copied(),
            None => self.long.get(squeezed).copied(),
        }
    }

    /// The dossier whose code is squeezed as this text, punctuation and case left aside.
    pub(super) fn of_text(&self, text: &str) -> Option<Index> {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        let number = packed(letters.map(|b| b.to_ascii_uppercase()))?;
        self.packed.get(&number).copied()
    }

    /// The dossier whose code is squeezed as this one.
    pub(super) fn of_code(&self, code: &DossierCode) -> Option<Index> {
        match packed(letters(code)) {
            Some(number) => self.packed.get(&number).copied(),
            None => self.long.get(&*code.squeezed()).copied(),
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
}
