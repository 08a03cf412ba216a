//! The style sheet and the script of the page, and the hashes by which its content security policy
//! allows them and nothing else.

use sha2::{Digest, Sha256};

const CSS: &str = include_str!("templates/report.css");
const SCRIPT: &str = include_str!("templates/report.js");

/// `sha256-<base64>` of the style sheet as it stands in the page.
pub(super) fn hash() -> String {
    hash_of(CSS)
}

/// The same of the script.
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
