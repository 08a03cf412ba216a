//! PURE: is it UTF-8 text at all? In files of our own contract other encodings are refused by name;
//! statements that others made are decoded.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::{FormatError, Limits, legacy};

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

/// So much of a file tells its encoding.
pub(super) const SAMPLE: usize = 64 << 10;

/// The text of a file that others made, and the name of its encoding: UTF-8, UTF-16 with or without
/// a mark, else one of one byte a sign: windows-1258, TCVN3 or VNI, whichever makes the most words
/// of statements; of equals the first. Marks that stand apart from their letters are composed.
///
/// # Errors
/// What is no text of them.
pub fn decoded(bytes: &[u8], limits: Limits) -> Result<(Cow<'_, str>, &'static str), FormatError> {
    let name = match text_of(bytes, limits) {
        Ok(text) => match str::from_utf8(text) {
            Ok(text) => return Ok(of_font(text)),
            Err(_) => by_words(text),
        },
        Err(FormatError::NotUtf8 { found: "UTF-16" }) if is_big_endian(bytes) => "utf-16be",
        Err(FormatError::NotUtf8 { found: "UTF-16" }) => "utf-16le",
        Err(error) => return Err(error),
    };
    Ok((decoded_as(bytes, name, limits)?, name))
}

/// Which encoding of one byte a sign makes the most words of statements.
pub(super) fn by_words(bytes: &[u8]) -> &'static str {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let (windows, _, lost) = encoding_rs::WINDOWS_1258.decode(sample);
    let windows: String = windows.nfc().collect();
    let found = [
        (
            "windows-1258",
            if lost { 0 } else { legacy::words(&windows) },
        ),
        ("tcvn3", legacy::words(&legacy::tcvn3(sample))),
        ("vni", legacy::words(&legacy::vni(sample))),
    ];
    let best = found
        .into_iter()
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or("windows-1258", |(name, _)| name)
}

/// Unicode text, unless it was typed with a font of TCVN3 or VNI.
fn of_font(text: &str) -> (Cow<'_, str>, &'static str) {
    let end = text
        .char_indices()
        .nth(SAMPLE)
        .map_or(text.len(), |(at, _)| at);
    let font = font_of(&text[..end]);
    let read = font.and_then(|font| Some((Cow::Owned(typed_with(text, font)?), font)));
    read.unwrap_or((Cow::Borrowed(text), "utf-8"))
}

/// The font of before Unicode with which a text was typed: its signs spell words of statements only
/// when they are read so. None for any other text.
pub(super) fn font_of(text: &str) -> Option<&'static str> {
    if text.is_ascii() || legacy::words(text) > 0 {
        return None;
    }
    let bytes = legacy::bytes_of(text)?;
    let found = [
        ("tcvn3", legacy::words(&legacy::tcvn3(&bytes))),
        ("vni", legacy::words(&legacy::vni(&bytes))),
    ];
    let best = found
        .into_iter()
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.filter(|(_, words)| *words > 1).map(|(name, _)| name)
}

/// A text that was typed with such a font; none where its signs are no bytes of one.
pub(super) fn typed_with(text: &str, font: &str) -> Option<String> {
    let bytes = legacy::bytes_of(text).filter(|_| !text.is_ascii())?;
    match font {
        "tcvn3" => Some(legacy::tcvn3(&bytes)),
        "vni" => Some(legacy::vni(&bytes)),
        _ => None,
    }
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
        "tcvn3" | "vni" => {
            let text = text_of(bytes, limits)?;
            // typed with such a font and saved as Unicode, or bytes of before Unicode
            let unicode = str::from_utf8(text).ok().and_then(legacy::bytes_of);
            let signs = unicode.as_deref().unwrap_or(text);
            let read = if name == "vni" {
                legacy::vni
            } else {
                legacy::tcvn3
            };
            return Ok(read(signs).into());
        }
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
pub(super) fn is_big_endian(bytes: &[u8]) -> bool {
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
        check(b"Ng\xb5y,S\xe8 ti\xd2n", "Ngày,Số tiền", "tcvn3");
        check(b"Nga\xf8y,So\xe1 tie\xe0n", "Ngày,Số tiền", "vni");
        check(
            b"Ng\xe0y,S\xf4\xec ti\xea\xccn",
            "Ngày,Số tiền",
            "windows-1258",
        );
        // typed with an ABC font, saved as Unicode
        check("Ngµy,Sè tiÒn".as_bytes(), "Ngày,Số tiền", "tcvn3");
        check("café".as_bytes(), "café", "utf-8");
    }
}
