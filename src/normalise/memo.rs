//! PURE: text as it is stored. People and banks write the same text in many ways: with and without
//! marks, decomposed, full width, upper case, with other blanks. Matching compares what is left
//! when all of that is taken away ([`squeeze`], [`fold_name`]); what people read keeps its marks.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub use crate::domain::fold::{fold_name, squeeze};

/// Text as it is stored: NFC, and NUL, which no database column of text can hold, made visible as
/// U+FFFD. Everything else stays as received.
pub fn stored(text: &str) -> Cow<'_, str> {
    if is_usual(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        if text.contains('\0') {
            return Cow::Owned(text.replace('\0', "\u{fffd}"));
        }
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect::<String>().replace('\0', "\u{fffd}"))
}

/// A text without blanks around it.
pub fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// True for text of blocks in which nothing composes, without NUL: U+0001 to U+02FF and the letters
/// of U+1E00 to U+1EFF, which are those of Vietnamese.
fn is_usual(text: &[u8]) -> bool {
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            0x01..=0xbf | 0xc2..=0xcb => {}
            0xe1 if matches!(rest.next(), Some(0xb8..=0xbb)) => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_text_is_composed() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let composed = is_nfc_quick(text.chars()) == IsNormalized::Yes && c != '\0';
            assert!(composed || !is_usual(text.as_bytes()), "{c:?}");
        }
        assert!(is_usual("Nguyễn Thị Ưng, Đỗ Hoà".as_bytes()));
        assert!(!is_usual("Nguye\u{302}\u{303}n".as_bytes()));
        assert!(!is_usual(b"a\0b"));
    }
    use proptest::prelude::*;

    #[test]
    fn a_memo_keeps_letters_and_digits_only() {
        let check = |raw: &str, expected: &str| assert_eq!(squeeze(raw), expected, "{raw:?}");
        check("H48.18.22-221202-0001", "H4818222212020001");
        check(
            "Thanh toán hồ sơ H48.18.22-221202-0001",
            "THANHTOANHOSOH4818222212020001",
        );
        // decomposed input, as some banks and phones send it
        check(
            "Thanh toa\u{301}n ho\u{302}\u{300} so\u{31b}",
            "THANHTOANHOSO",
        );
        check("đóng lệ phí Đức Phổ", "DONGLEPHIDUCPHO");
        // full-width letters and digits, ideographic and no-break blanks
        check("Ｈ４８．１８\u{3000}－\u{a0}２２１２０２", "H4818221202");
        check(
            "MBVCB.1.H48 18 22221202 0001.CT tu",
            "MBVCB1H4818222212020001CTTU",
        );
        check("số ① ½ ﬁ ªº", "SO112FIAO");
        check("", "");
        check("  \t\r\n.-_/", "");
        check("汉字 кир", "");
    }

    #[test]
    fn names_compare_without_marks_case_and_blanks() {
        let check = |raw: &str, expected: &str| assert_eq!(fold_name(raw), expected, "{raw:?}");
        check("Nguyễn Văn A", "NGUYEN VAN A");
        check("  nguyen\u{a0}\u{a0}van\ta. ", "NGUYEN VAN A");
        check("NGUYE\u{302}\u{303}N VA\u{306}N A", "NGUYEN VAN A");
        check("ĐẶNG THỊ ĐÀO", "DANG THI DAO");
        check("Ｔｒầｎ－Ｂ", "TRAN B");
        check("CTY TNHH \"HOA SEN\"", "CTY TNHH HOA SEN");
        check("", "");
        check("...", "");
    }

    #[test]
    fn stored_text_is_composed_and_holds_no_nul() {
        let check = |raw: &str, expected: &str| assert_eq!(stored(raw), expected, "{raw:?}");
        check("Lê Thị B", "Lê Thị B");
        check("Le\u{302} Thi\u{323} B", "Lê Thị B");
        check("a\0b", "a\u{fffd}b");
        check("e\u{301}\0", "é\u{fffd}");
        check("=1+1\u{202e}<b>", "=1+1\u{202e}<b>");
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_stays_in_its_alphabet(text in "\\PC{0,40}") {
            let squeezed = squeeze(&text);
            prop_assert!(squeezed.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
            prop_assert_eq!(&squeeze(&squeezed), &squeezed);
            let name = fold_name(&text);
            prop_assert_eq!(&fold_name(&name), &name);
            prop_assert_eq!(squeeze(&name), squeezed, "the same letters in the same order");
        }

        #[test]
        fn composed_and_decomposed_text_fold_alike(text in "[a-zA-ZàáảãạăắâấđĐêếơớưứ0-9 .-]{0,40}") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(squeeze(&decomposed), squeeze(&text));
            prop_assert_eq!(fold_name(&decomposed), fold_name(&text));
            prop_assert_eq!(stored(&decomposed), stored(&text));
        }
    }
}
