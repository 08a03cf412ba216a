//! PURE: text of before Unicode: TCVN3 (the ABC fonts) and VNI, one byte a sign. Nothing in such a
//! file tells which it is; the words that statements are made of do, see [`words`].
//!
//! TCVN3: the lower half of TCVN 5712:1993, its letters as the C library's table has them and as
//! `.VnTime` fonts show them (capitals are another font of the same codes). VNI Windows: a letter
//! and a sign that carries its marks, as in the table of the xvnkb keyboard.

use unicode_normalization::UnicodeNormalization;

/// The codes of TCVN3 above ASCII, in order of the codes.
const TCVN3: &[(u8, char)] = &[
    (0xa1, 'Ă'),
    (0xa2, 'Â'),
    (0xa3, 'Ê'),
    (0xa4, 'Ô'),
    (0xa5, 'Ơ'),
    (0xa6, 'Ư'),
    (0xa7, 'Đ'),
    (0xa8, 'ă'),
    (0xa9, 'â'),
    (0xaa, 'ê'),
    (0xab, 'ô'),
    (0xac, 'ơ'),
    (0xad, 'ư'),
    (0xae, 'đ'),
    (0xb5, 'à'),
    (0xb6, 'ả'),
    (0xb7, 'ã'),
    (0xb8, 'á'),
    (0xb9, 'ạ'),
    (0xbb, 'ằ'),
    (0xbc, 'ẳ'),
    (0xbd, 'ẵ'),
    (0xbe, 'ắ'),
    (0xc6, 'ặ'),
    (0xc7, 'ầ'),
    (0xc8, 'ẩ'),
    (0xc9, 'ẫ'),
    (0xca, 'ấ'),
    (0xcb, 'ậ'),
    (0xcc, 'è'),
    (0xce, 'ẻ'),
    (0xcf, 'ẽ'),
    (0xd0, 'é'),
    (0xd1, 'ẹ'),
    (0xd2, 'ề'),
    (0xd3, 'ể'),
    (0xd4, 'ễ'),
    (0xd5, 'ế'),
    (0xd6, 'ệ'),
    (0xd7, 'ì'),
    (0xd8, 'ỉ'),
    (0xdc, 'ĩ'),
    (0xdd, 'í'),
    (0xde, 'ị'),
    (0xdf, 'ò'),
    (0xe1, 'ỏ'),
    (0xe2, 'õ'),
    (0xe3, 'ó'),
    (0xe4, 'ọ'),
    (0xe5, 'ồ'),
    (0xe6, 'ổ'),
    (0xe7, 'ỗ'),
    (0xe8, 'ố'),
    (0xe9, 'ộ'),
    (0xea, 'ờ'),
    (0xeb, 'ở'),
    (0xec, 'ỡ'),
    (0xed, 'ớ'),
    (0xee, 'ợ'),
    (0xef, 'ù'),
    (0xf1, 'ủ'),
    (0xf2, 'ũ'),
    (0xf3, 'ú'),
    (0xf4, 'ụ'),
    (0xf5, 'ừ'),
    (0xf6, 'ử'),
    (0xf7, 'ữ'),
    (0xf8, 'ứ'),
    (0xf9, 'ự'),
    (0xfa, 'ỳ'),
    (0xfb, 'ỷ'),
    (0xfc, 'ỹ'),
    (0xfd, 'ý'),
    (0xfe, 'ỵ'),
];

const ACUTE: char = '\u{301}';
const GRAVE: char = '\u{300}';
const HOOK: char = '\u{309}';
const TILDE: char = '\u{303}';
const DOT: char = '\u{323}';
const ROOF: char = '\u{302}';
const BOWL: char = '\u{306}';

/// VNI: signs that stand for a whole letter; the capital's code is 0x20 below.
const VNI_LETTERS: &[(u8, char)] = &[
    (0xf1, 'đ'),
    (0xf4, 'ơ'),
    (0xf6, 'ư'),
    (0xed, 'í'),
    (0xec, 'ì'),
    (0xe6, 'ỉ'),
    (0xf3, 'ĩ'),
    (0xf2, 'ị'),
    (0xee, 'ỵ'),
];
/// VNI: signs behind any vowel.
const VNI_TONES: &[(u8, char)] = &[
    (0xf9, ACUTE),
    (0xf8, GRAVE),
    (0xfb, HOOK),
    (0xf5, TILDE),
    (0xef, DOT),
];
/// VNI: signs behind a, e, o.
const VNI_ROOFS: &[(u8, Option<char>)] = &[
    (0xe2, None),
    (0xe1, Some(ACUTE)),
    (0xe0, Some(GRAVE)),
    (0xe5, Some(HOOK)),
    (0xe3, Some(TILDE)),
    (0xe4, Some(DOT)),
];
/// VNI: signs behind a.
const VNI_BOWLS: &[(u8, Option<char>)] = &[
    (0xea, None),
    (0xe9, Some(ACUTE)),
    (0xe8, Some(GRAVE)),
    (0xfa, Some(HOOK)),
    (0xfc, Some(TILDE)),
    (0xeb, Some(DOT)),
];

/// Words of statements that carry marks, lower case, composed.
const WORDS: &[&str] = &[
    "ngày", "số", "tiền", "nợ", "có", "nội", "dịch", "diễn", "giải", "tài", "khoản", "dư", "nộp",
    "phí", "lệ", "hồ", "sơ", "chuyển", "tổng", "cộng", "mã", "chiếu", "tả", "đầu", "kỳ", "cuối",
    "chứng", "từ", "đến", "hiệu", "lực", "kê", "loại", "phát", "người", "hưởng", "ngân", "hàng",
    "tên", "địa", "chỉ", "tiết", "nguyễn", "trần", "lê", "phạm", "thị", "văn", "đơn", "vị",
    "trạng", "thái", "thành", "công", "thời", "bút", "toán", "đối", "ứng", "quản", "lý",
];

/// The bytes as text of TCVN3; signs that it does not have stay as Western Windows has them.
pub(super) fn tcvn3(bytes: &[u8]) -> String {
    let sign = |byte: &u8| {
        let at = TCVN3.binary_search_by_key(byte, |(code, _)| *code);
        at.map_or_else(|_| western(*byte), |at| TCVN3[at].1)
    };
    bytes.iter().map(sign).collect()
}

/// The bytes as text of VNI; signs that it does not have stay as Western Windows has them.
pub(super) fn vni(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut vowel = ' ';
    for byte in bytes {
        let small = if *byte >= 0xc0 { byte | 0x20 } else { *byte };
        if let Some(marks) = marks(vowel, small) {
            out.extend(marks.into_iter().flatten());
            vowel = ' ';
            continue;
        }
        let letter = VNI_LETTERS.iter().find(|(code, _)| *code == small);
        let sign = match letter {
            Some((_, letter)) if small == *byte => *letter,
            Some((_, letter)) => letter.to_uppercase().next().unwrap_or(*letter),
            None => western(*byte),
        };
        out.push(sign);
        vowel = sign.to_lowercase().next().unwrap_or(sign);
    }
    out.nfc().collect()
}

/// The marks that a sign puts on the vowel before it.
fn marks(vowel: char, sign: u8) -> Option<[Option<char>; 2]> {
    fn of<T: Copy>(all: &[(u8, T)], sign: u8) -> Option<T> {
        let found = all.iter().find(|(code, _)| *code == sign);
        found.map(|(_, marks)| *marks)
    }
    let tone = || of(VNI_TONES, sign).map(|tone| [Some(tone), None]);
    let roof = || of(VNI_ROOFS, sign).map(|tone| [Some(ROOF), tone]);
    let bowl = || of(VNI_BOWLS, sign).map(|tone| [Some(BOWL), tone]);
    match vowel {
        'a' => tone().or_else(roof).or_else(bowl),
        'e' | 'o' => tone().or_else(roof),
        'ơ' | 'u' | 'ư' | 'y' => tone(),
        _ => None,
    }
}

/// A sign of Western Windows (windows-1252).
fn western(byte: u8) -> char {
    let (text, _, _) = encoding_rs::WINDOWS_1252.decode(std::slice::from_ref(&byte));
    text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// How many words of statements stand in a text.
pub(super) fn words(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphabetic());
    let marked = words.filter(|word| !word.is_ascii());
    marked
        .filter(|word| WORDS.contains(&&*word.to_lowercase()))
        .count()
}

/// Text in Unicode letters that were meant for a font of TCVN3 or VNI: its bytes again, where no
/// sign stands above U+00FF.
pub(super) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The other way: for tests only.
    fn as_tcvn3(text: &str) -> Vec<u8> {
        let code = |c: char| {
            let found = TCVN3.iter().find(|(_, letter)| *letter == c);
            found.map_or_else(|| u8::try_from(c).unwrap(), |(code, _)| *code)
        };
        text.chars().map(code).collect()
    }

    #[test]
    fn every_letter_of_vietnamese_stands_once() {
        let small = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ";
        assert_eq!(tcvn3(&as_tcvn3(small)), small);
        assert_eq!(TCVN3.len(), small.chars().count() + 7);
        assert!(TCVN3.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let vni_small = b"a\xf8a\xfba\xf5a\xf9a\xefa\xeaa\xe8a\xfaa\xfca\xe9a\xeba\xe2a\xe0a\xe5a\xe3\
            a\xe1a\xe4\xf1e\xf8e\xfbe\xf5e\xf9e\xefe\xe2e\xe0e\xe5e\xe3e\xe1e\xe4\xec\xe6\xf3\xed\xf2\
            o\xf8o\xfbo\xf5o\xf9o\xefo\xe2o\xe0o\xe5o\xe3o\xe1o\xe4\xf4\xf4\xf8\xf4\xfb\xf4\xf5\xf4\xf9\
            \xf4\xefu\xf8u\xfbu\xf5u\xf9u\xef\xf6\xf6\xf8\xf6\xfb\xf6\xf5\xf6\xf9\xf6\xefy\xf8y\xfby\xf5\
            y\xf9\xee";
        assert_eq!(vni(vni_small), small);
    }

    #[test]
    fn headings_as_such_files_have_them() {
        assert_eq!(tcvn3(b"Ng\xb5y giao d\xdech"), "Ngày giao dịch");
        assert_eq!(
            vni(b"Nga\xf8y giao d\xf2ch, S\xd6\xd5"),
            "Ngày giao dịch, SỮ"
        );
        assert_eq!(words("Ngày giao dịch; Số tiền ghi nợ, Note"), 5);
        assert_eq!(words("Ngµy giao dÞch"), 0);
    }
}
