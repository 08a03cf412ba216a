//! PURE: is it UTF-8 text at all? In files of our own contract other encodings are refused by name;
//! statements that others made are decoded.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::{FormatError, Limits};

/// A value at fault is kept up to this many characters.
pub const VALUE_CHARS_MAX: usize = 200;

/// The bytes after the mark, when they can be UTF-8 text at all.
pub fn text_of(bytes: &[u8], limits: Limits) -> Result<&[u8], FormatError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.file_bytes {
        return Err(FormatError::TooLarge {
            bytes: size,
            limit: limits.file_bytes,
        });
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let found = match text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [b'P', b'K', 3, 4, ..] => Some("XLSX"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("XLS"),
        [0x1f, 0x8b, ..] => Some("gzip"),
        [b'%', b'P', b'D', b'F', ..] => Some("PDF"),
        _ => None,
    };
    let head = text.get(..4096).unwrap_or(text);
    let found = found.or_else(|| {
        let zeros = head.iter().map(|b| usize::from(*b == 0)).sum::<usize>();
        let text_16 = zeros > 0 && zeros * 3 >= head.len();
        text_16.then_some("UTF-16")
    });
    match found {
        Some(found) => Err(FormatError::NotUtf8 { found }),
        None if text.iter().all(u8::is_ascii_whitespace) => Err(FormatError::Empty),
        None => Ok(text),
    }
}

/// The bytes without the beginning of a letter that is cut off at their end.
pub(super) fn text_head(bytes: &[u8]) -> &[u8] {
    match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}

/// At most [`VALUE_CHARS_MAX`] characters.
pub fn cut(value: &str) -> &str {
    let end = value.char_indices().nth(VALUE_CHARS_MAX);
    end.map_or(value, |(at, _)| &value[..at])
}

/// The text of a file that others made, and the name of its encoding: UTF-8, UTF-16 with or without
/// a mark, else windows-1258, in which tones stand apart from their letters: composed again.
pub fn decoded(bytes: &[u8], limits: Limits) -> Result<(Cow<'_, str>, &'static str), FormatError> {
    let (encoding, name) = match text_of(bytes, limits) {
        Ok(text) => match str::from_utf8(text) {
            Ok(text) => return Ok((Cow::Borrowed(text), "utf-8")),
            Err(_) => (encoding_rs::WINDOWS_1258, "windows-1258"),
        },
        Err(FormatError::NotUtf8 { found: "UTF-16" }) if is_big_endian(bytes) => {
            (encoding_rs::UTF_16BE, "utf-16be")
        }
        Err(FormatError::NotUtf8 { found: "UTF-16" }) => (encoding_rs::UTF_16LE, "utf-16le"),
        Err(error) => return Err(error),
    };
    let (text, _, lost) = encoding.decode(bytes);
    if lost {
        let found = "another encoding";
        return Err(FormatError::NotUtf8 { found });
    }
    Ok((text.nfc().collect::<String>().into(), name))
}

/// The same in an encoding that is known by its name.
///
/// # Errors
/// Bytes that are no text of it.
pub fn decoded_as<'b>(
    bytes: &'b [u8],
    name: &str,
    limits: Limits,
) -> Result<Cow<'b, str>, FormatError> {
    let no_text = || FormatError::NotUtf8 {
        found: "another encoding",
    };
    let encoding = match name {
        "utf-16le" => encoding_rs::UTF_16LE,
        "utf-16be" => encoding_rs::UTF_16BE,
        "windows-1258" => encoding_rs::WINDOWS_1258,
        _ => {
            let text = text_of(bytes, limits)?;
            return str::from_utf8(text)
                .map(Cow::Borrowed)
                .map_err(|_| no_text());
        }
    };
    let (text, _, lost) = encoding.decode(bytes);
    if lost {
        return Err(no_text());
    }
    Ok(text.nfc().collect::<String>().into())
}

/// Of UTF-16: by its mark, else by which half of its first letters is zero.
fn is_big_endian(bytes: &[u8]) -> bool {
    match bytes {
        [0xfe, 0xff, ..] => true,
        [0xff, 0xfe, ..] => false,
        _ => {
            let head = bytes.get(..4096).unwrap_or(bytes);
            let zeros = |odd: usize| {
                head.iter()
                    .skip(odd)
                    .step_by(2)
                    .filter(|b| **b == 0)
                    .count()
            };
            zeros(0) > zeros(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_decoded_and_composed() {
        let check = |bytes: &[u8], expected: &str, name: &str| {
            let (text, found) = decoded(bytes, Limits::TEXT).unwrap();
            assert_eq!((&*text, found), (expected, name));
        };
        check("Ngày".as_bytes(), "Ngày", "utf-8");
        let le: Vec<u8> = "Ngày,Có"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        check(&le, "Ngày,Có", "utf-16le");
        check(&[&[0xff, 0xfe], &le[..]].concat(), "Ngày,Có", "utf-16le");
        let be: Vec<u8> = "Ngày,Có"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        check(&be, "Ngày,Có", "utf-16be");
        // windows-1258: ô is 0xf4, the dot below 0xf2
        check(b"M\xf4\xf2 t\xe0", "Mộ tà", "windows-1258");
    }
}
