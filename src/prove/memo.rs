//! Reading a text again, in a way of our own: squeeze it, look every existing code up at every
//! place. No knowledge of agencies, dates or widths: what exists is what was exported.

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

/// Letters and digits only, upper case, without marks: what a bank leaves of a text.
pub(super) fn squeezed(text: &str) -> String {
    if text.is_ascii() {
        let mut bare = text.to_ascii_uppercase();
        bare.retain(|c| c.is_ascii_alphanumeric());
        return bare;
    }
    let letter = |c: char| match c {
        'đ' | 'Đ' => 'D',
        other => other.to_ascii_uppercase(),
    };
    let bare = text.nfkd().map(letter);
    bare.filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        .collect()
}

/// A name for comparison: its words without marks, upper case.
pub(super) fn person(text: &str) -> Vec<String> {
    let apart = |c: char| !c.is_alphanumeric();
    let bare: String = text.nfkd().filter(|c| !is_mark(*c)).collect();
    let words = bare.split(apart).map(squeezed);
    words.filter(|word| !word.is_empty()).collect()
}

/// Combining marks: dropped, so that they do not part words.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The words of a text that may be ids: between blanks, with and without their inner marks.
pub(super) fn holds_word(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.to_ascii_uppercase(), wanted.to_ascii_uppercase());
    let inner = |c: char| matches!(c, '-' | '.' | '_');
    let apart = |c: Option<char>, also: bool| {
        c.is_none_or(|c| !c.is_ascii_alphanumeric() && (also || !inner(c)))
    };
    let plain = wanted.chars().all(|c| c.is_ascii_alphanumeric());
    text.match_indices(&wanted).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        apart(before, plain) && apart(after, plain)
    })
}

/// Existing dossier codes, squeezed.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// Nearly all of them, each as one number.
    known: FxHashMap<u128, usize>,
    /// Those that are too long for that.
    long: FxHashMap<Box<[u8]>, usize>,
    /// The place of each dossier among those of the books; none where all are there.
    places: Option<Vec<usize>>,
    /// The number of dossiers.
    count: usize,
    lengths: Vec<usize>,
    /// How codes begin: most places of a text begin none.
    begins: FxHashSet<[u8; 3]>,
}

/// A code that stands in a text: where, how long, whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: usize,
    pub(super) length: usize,
    pub(super) dossier: usize,
}

impl Codes {
    pub(super) fn new<'c>(codes: impl Iterator<Item = &'c str>) -> Self {
        let mut all = Self::default();
        let mut code = Vec::new();
        for (dossier, text) in codes.enumerate() {
            all.count = dossier + 1;
            code.clear();
            if text.is_ascii() {
                let bare = text.bytes().filter(u8::is_ascii_alphanumeric);
                code.extend(bare.map(|byte| byte.to_ascii_uppercase()));
            } else {
                code.extend_from_slice(squeezed(text).as_bytes());
            }
            if !all.lengths.contains(&code.len()) {
                all.lengths.push(code.len());
            }
            all.begins.extend(code.first_chunk::<3>());
            match packed(&code) {
                Some(number) => all.known.insert(number, dossier),
                None => all.long.insert(code.as_slice().into(), dossier),
            };
        }
        all.lengths.sort_unstable();
        all
    }

    /// The same codes, of which the books have these: the places told are those there. No text that
    /// the books have names another.
    pub(super) fn of_these<'c>(mut self, own: impl Iterator<Item = &'c str>) -> Self {
        let mut places = vec![NOWHERE; self.count];
        for (place, code) in own.enumerate() {
            if let Some(dossier) = self.whole(code) {
                places[dossier] = place;
            }
        }
        self.places = Some(places);
        self
    }

    /// The dossier whose code a text is.
    pub(super) fn whole(&self, text: &str) -> Option<usize> {
        self.get(squeezed(text).as_bytes())
    }

    fn get(&self, code: &[u8]) -> Option<usize> {
        let found = match packed(code) {
            Some(number) => self.known.get(&number),
            None => self.long.get(code),
        };
        let place = |dossier: usize| match &self.places {
            Some(places) => places.get(dossier).copied().unwrap_or(NOWHERE),
            None => dossier,
        };
        found
            .map(|dossier| place(*dossier))
            .filter(|at| *at != NOWHERE)
    }

    /// The dossiers whose code is one slip away from what was written.
    pub(super) fn near(&self, written: &str) -> Vec<usize> {
        let mut near = Vec::new();
        let mut look = |text: &[u8]| {
            let found = self.get(text);
            let text = std::str::from_utf8(text).unwrap_or_default();
            near.extend(found.filter(|_| one_human_slip(written, text)));
        };
        let mut text = written.as_bytes().to_vec();
        for at in 0..text.len() {
            let was = text[at];
            for other in *b"0123456789OIL" {
                text[at] = other;
                look(&text);
            }
            text[at] = was;
            if at + 1 < text.len() {
                text.swap(at, at + 1);
                look(&text);
                text.swap(at, at + 1);
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// Every existing code in a squeezed text, left to right.
    pub(super) fn within(&self, text: &str) -> Vec<Found> {
        let mut all = Vec::new();
        for (at, begin) in text.as_bytes().windows(3).enumerate() {
            if !self.begins.contains(begin) {
                continue;
            }
            for length in &self.lengths {
                let spelled = text.as_bytes().get(at..at + length);
                if let Some(dossier) = spelled.and_then(|s| self.get(s)) {
                    let length = *length;
                    all.push(Found {
                        at,
                        length,
                        dossier,
                    });
                }
            }
        }
        all
    }
}

/// A dossier that the books do not have.
const NOWHERE: usize = usize::MAX;

/// The most letters and digits of which a number of 128 bits tells every one: 37 to the 24th.
const PACKED: usize = 24;

/// A squeezed text as a number; none where it is too long.
fn packed(text: &[u8]) -> Option<u128> {
    if text.len() > PACKED {
        return None;
    }
    let mut number = 0_u128;
    for byte in text {
        let symbol = match byte {
            b'0'..=b'9' => byte - b'0' + 1,
            b'A'..=b'Z' => byte - b'A' + 11,
            _ => return None,
        };
        number = number * 37 + u128::from(symbol);
    }
    Some(number)
}

/// One slip of a person: a digit for another, O for 0 or I for 1 (and the reverse), or two
/// neighbours swapped.
pub(super) fn one_human_slip(written: &str, meant: &str) -> bool {
    let (a, b) = (written.as_bytes(), meant.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let alike = |x: u8, y: u8| {
        let (x, y) = (x.min(y), x.max(y));
        x.is_ascii_digit() && y.is_ascii_digit()
            || matches!((x, y), (b'0', b'O') | (b'1', b'I' | b'L'))
    };
    let wrong: Vec<usize> = (0..a.len()).filter(|i| a[*i] != b[*i]).collect();
    match wrong.as_slice() {
        [i] => alike(a[*i], b[*i]),
        [i, j] => *j == i + 1 && a[*i] == b[*j] && a[*j] == b[*i],
        _ => false,
    }
}

/// At most one slip apart: a character wrong, or two neighbours swapped.
pub(super) fn one_slip(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let wrong: Vec<usize> = (0..a.len()).filter(|i| a[*i] != b[*i]).collect();
    match wrong.as_slice() {
        [_] => true,
        [i, j] => *j == i + 1 && a[*i] == b[*j] && a[*j] == b[*i],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_squeeze_and_theirs_agree_on_what_banks_send() {
        for text in [
            "Phí H48.18-221202-0001 đ",
            "h48\u{a0}18 22",
            "Ｈ４８.18",
            "",
            "nộp lệ phí; ĐỖ THỊ HOÀ",
        ] {
            assert_eq!(squeezed(text), crate::domain::fold::squeeze(text), "{text}");
            let folded = crate::domain::fold::fold_name(text);
            assert_eq!(person(text).join(" "), folded, "{text}");
        }
    }

    #[test]
    fn a_word_stands_alone_or_inside_marks() {
        let check = |text, word, expected| assert_eq!(holds_word(text, word), expected, "{text}");
        check("VNPAY 14012345 TT PHI", "14012345", true);
        check("VNPAY 140123456", "14012345", false);
        check("MOMO-998877.FT22336", "FT22336", true);
        check("MOMO-998877.FT22336", "MOMO-998877.FT22336", true);
        check("XMOMO-998877", "MOMO-998877", false);
    }

    #[test]
    fn codes_are_found_wherever_they_stand() {
        let codes = Codes::new(["H48.18-221202-0001", "H48.18-221202-00012"].into_iter());
        let found = codes.within(&squeezed("MBVCB.1.h48 18 221202 00012.CT"));
        let found: Vec<usize> = found.iter().map(|f| f.dossier).collect();
        assert_eq!(found, [0, 1]);
        let near = Codes::new(["H48.18-221202-0001", "H48.18-221202-0010"].into_iter());
        assert_eq!(near.near("H48182212020001"), [1]);
        assert_eq!(near.near("H4818221202O001"), [0]);
        assert_eq!(near.near("H48182212020011"), [0, 1]);
        assert!(one_slip("A1", "1A") && one_slip("A1", "A2") && !one_slip("A1", "B2"));
    }
}
