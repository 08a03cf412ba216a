//! PURE: is it UTF-8 text at all? Other encodings are refused by name, never guessed.

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

/// At most [`VALUE_CHARS_MAX`] characters.
pub fn cut(value: &str) -> &str {
    let end = value.char_indices().nth(VALUE_CHARS_MAX);
    end.map_or(value, |(at, _)| &value[..at])
}
