//! Folding of text for comparison. The only place that knows how: the key is normalised once.

use std::str::Chars;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Upper case `A-Z0-9` only: NFKD, marks dropped, đ to d, everything else dropped.
///
/// ```
/// use doisoat::domain::fold::squeeze;
/// assert_eq!(squeeze("Phí H48.18-221202-0001 đ"), "PHIH48182212020001D");
/// ```
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        out.extend(text.bytes().filter(u8::is_ascii_alphanumeric).map(upper));
        return out;
    }
    let letters = Folded::new(text).filter(|c| *c != ' ');
    out.extend(letters);
    out
}

/// A name for comparison: upper case without marks, words separated by single blanks.
///
/// ```
/// use doisoat::domain::fold::fold_name;
/// assert_eq!(fold_name("  Nguyễn  Văn Đạt "), "NGUYEN VAN DAT");
/// ```
pub fn fold_name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(Folded::new(text));
    out
}

/// True when a name folds to this one.
///
/// ```
/// use doisoat::domain::fold::folds_to;
/// assert!(folds_to("  Nguyễn  Văn Đạt ", "NGUYEN VAN DAT"));
/// ```
pub fn folds_to(text: &str, folded: &str) -> bool {
    Folded::new(text).eq(folded.chars())
}

/// True when two names fold to the same one.
///
/// ```
/// use doisoat::domain::fold::same_name;
/// assert!(same_name("  Nguyễn  Văn Đạt ", "Nguyen Van DAT"));
/// ```
pub fn same_name(a: &str, b: &str) -> bool {
    Folded::new(a).eq(Folded::new(b))
}

/// True when a name folds to nothing.
pub fn is_nameless(text: &str) -> bool {
    Folded::new(text).next().is_none()
}

/// The characters of a folded name, one by one.
struct Folded<'t> {
    rest: Chars<'t>,
    /// What the last character was made of, when that was several.
    several: std::vec::IntoIter<char>,
    /// A letter behind a blank that was given already.
    held: Option<char>,
    begun: bool,
    gap: bool,
}

impl<'t> Folded<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            rest: text.chars(),
            several: Vec::new().into_iter(),
            held: None,
            begun: false,
            gap: false,
        }
    }

    /// The next character without its marks.
    fn plain(&mut self) -> Option<char> {
        loop {
            if let Some(part) = self.several.next() {
                return Some(part);
            }
            let c = self.rest.next()?;
            if c.is_ascii() {
                return Some(c);
            }
            match plain_of(c) {
                DROPPED => {}
                SEVERAL => self.several = parts(c).collect::<Vec<char>>().into_iter(),
                one => return Some(char::from(one)),
            }
        }
    }
}

impl Iterator for Folded<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if let Some(held) = self.held.take() {
            return Some(held);
        }
        loop {
            let c = self.plain()?;
            if !c.is_ascii_alphanumeric() {
                self.gap = true;
                continue;
            }
            let c = c.to_ascii_uppercase();
            let blank = std::mem::take(&mut self.gap) && self.begun;
            self.begun = true;
            if blank {
                self.held = Some(c);
                return Some(' ');
            }
            return Some(c);
        }
    }
}

/// A character that is nothing but a mark.
const DROPPED: u8 = 0;
/// A character that stands for several.
const SEVERAL: u8 = 1;
/// The characters that a table holds: those of Latin scripts, marks among them.
const TABLE: std::ops::Range<u32> = 0x80..0x1f00;

/// A character beyond ASCII without its marks: one letter or digit, a blank for what is neither,
/// [`DROPPED`] or [`SEVERAL`].
fn plain_of(c: char) -> u8 {
    static PLAIN: LazyLock<Box<[u8]>> = LazyLock::new(|| {
        let of = |code| char::from_u32(code).map_or(SEVERAL, made_plain);
        TABLE.map(of).collect()
    });
    let place = u32::from(c).checked_sub(TABLE.start);
    let place = place.and_then(|place| usize::try_from(place).ok());
    let known = place.and_then(|place| PLAIN.get(place).copied());
    known.unwrap_or_else(|| made_plain(c))
}

fn made_plain(c: char) -> u8 {
    let mut parts = parts(c);
    match (parts.next(), parts.next()) {
        (None, _) => DROPPED,
        (Some(_), Some(_)) => SEVERAL,
        (Some(one), None) => match u8::try_from(one) {
            Ok(byte) if byte.is_ascii_alphanumeric() => byte,
            _ => b' ',
        },
    }
}

/// What a character is made of, marks left out.
fn parts(c: char) -> impl Iterator<Item = char> {
    let parts = std::iter::once(c).nfkd();
    parts.filter(|c| !is_combining_mark(*c)).map(plain_d)
}

/// đ does not decompose.
fn plain_d(c: char) -> char {
    match c {
        'đ' | 'Đ' => 'D',
        other => other,
    }
}

fn upper(byte: u8) -> char {
    char::from(byte.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn every_spelling_of_a_code_folds_to_one() {
        let check = |raw: &str| assert_eq!(squeeze(raw), "H4818222212020001", "{raw:?}");
        check("H48.18.22-221202-0001");
        check("h48 18 22 221202 0001");
        check("H48\u{a0}18.22-221202-0001");
        check("Ｈ４８.18.22-221202-0001");
    }

    #[test]
    fn names_fold_whatever_their_composition() {
        let composed = "Trương Thị Tuấn";
        let decomposed: String = composed.nfd().collect();
        assert_eq!(fold_name(composed), "TRUONG THI TUAN");
        assert_eq!(fold_name(&decomposed), fold_name(composed));
        assert_eq!(fold_name("ĐỖ  HOÀ"), fold_name("Do Hòa"));
        assert_eq!(fold_name(""), "");
        for name in [
            composed,
            &decomposed,
            "ĐỖ  HOÀ",
            "do hoa.",
            " .A",
            "",
            "AN B",
        ] {
            for other in [composed, "DO HOA", "Do Hoa B", "A", "", "ANB"] {
                let folded = fold_name(other);
                assert_eq!(
                    folds_to(name, &folded),
                    fold_name(name) == folded,
                    "{name} {other}"
                );
            }
        }
    }

    #[test]
    fn every_character_folds_as_its_decomposition_does() {
        let whole = |text: &str| -> String {
            let plain = text.nfkd().filter(|c| !is_combining_mark(*c)).map(plain_d);
            let blank = |c: char| if c.is_ascii_alphanumeric() { c } else { ' ' };
            let plain: String = plain.map(blank).collect();
            let words: Vec<&str> = plain.split_whitespace().collect();
            words.join(" ").to_ascii_uppercase()
        };
        for c in (0..0x3000).chain(0xfb00..0xffff).filter_map(char::from_u32) {
            let text = format!("a{c}b{c}\u{301} {c}");
            assert_eq!(fold_name(&text), whole(&text), "{c:?}");
            assert_eq!(squeeze(&text), whole(&text).replace(' ', ""), "{c:?}");
            assert!(same_name(&text, &whole(&text)), "{c:?}");
        }
    }
}
