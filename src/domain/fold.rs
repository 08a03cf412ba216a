//! Folding of text for comparison. The only place that knows how: the key is normalised once.

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
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c)).map(plain_d);
    out.extend(
        plain
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase()),
    );
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
    tell_folded(text, |c| {
        out.push(c);
        true
    });
    out
}

/// True when a name folds to this one.
///
/// ```
/// use doisoat::domain::fold::folds_to;
/// assert!(folds_to("  Nguyễn  Văn Đạt ", "NGUYEN VAN DAT"));
/// ```
pub fn folds_to(text: &str, folded: &str) -> bool {
    let mut rest = folded.chars();
    tell_folded(text, |c| rest.next() == Some(c)) && rest.next().is_none()
}

/// Tells the characters of a folded name one by one, as long as they are wanted; true when all
/// were.
fn tell_folded(text: &str, mut wanted: impl FnMut(char) -> bool) -> bool {
    let (mut begun, mut gap) = (false, false);
    let mut tell = |c: char| {
        if !c.is_ascii_alphanumeric() {
            gap = true;
            return true;
        }
        let blank = !std::mem::take(&mut gap) || !begun || wanted(' ');
        begun = true;
        blank && wanted(c.to_ascii_uppercase())
    };
    if text.is_ascii() {
        return text.chars().all(tell);
    }
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c)).map(plain_d);
    let mut plain = plain;
    plain.all(&mut tell)
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
}
