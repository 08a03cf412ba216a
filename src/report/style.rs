//! The style sheet and the script of the page, and the hashes by which its content security policy
//! allows them and nothing else.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::escape::visible;

const CSS: &str = include_str!("templates/report.css");
const SCRIPT: &str = include_str!("templates/report.js");

/// `sha256-<base64>` of the style sheet as it stands in the page, [`margins`] at its end.
pub(super) fn hash(margins: &str) -> String {
    hash_of(&format!("{}\n{margins}", CSS.trim_end_matches('\n')))
}

/// What stands above each printed page but the first, whose head says it: the unit, and what the
/// report is of which day.
pub(super) fn margins(unit: &str, title: &str) -> String {
    let (left, right) = (quoted(unit), quoted(title));
    format!(
        "@page{{@top-left{{content:{left};font-size:8pt}}\
         @top-right{{content:{right};font-size:8pt}}}}\
         @page:first{{@top-left{{content:none}}@top-right{{content:none}}}}"
    )
}

/// A text as a string of CSS (CSS Syntax 3, section 4.3.7): whatever is neither a letter nor a
/// digit is escaped, so that no text ends the string or the style sheet.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in visible(text).chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else {
            // writing to a string cannot fail
            let _written = write!(out, "\\{:06x}", u32::from(c));
        }
    }
    out.push('"');
    out
}

/// `sha256-<base64>` of the script.
pub(super) fn script_hash() -> String {
    hash_of(SCRIPT)
}

fn hash_of(text: &str) -> String {
    format!(
        "sha256-{}",
        base64(&Sha256::digest(text.trim_end_matches('\n')))
    )
}

/// Base64 with padding (RFC 4648 section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4_usize {
            let shift = [18, 12, 6, 0].get(i).copied().unwrap_or(0);
            let six = usize::try_from((bits >> shift) & 63).unwrap_or(0);
            let letter = ALPHABET.get(six).copied().map_or('=', char::from);
            out.push(if i <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_string_of_css() {
        assert_eq!(quoted("UBND xã 1"), "\"UBND\\000020xã\\0000201\"");
        let hostile = "\"}</style><script>\\\n\u{202e}";
        let out = margins(hostile, hostile);
        assert!(!out.contains(['<', '>', '\n', '\u{202e}']), "{out}");
        assert_eq!(out.matches('"').count(), 4);
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (raw, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(raw.as_bytes()), text);
        }
    }
}
