//! One edit: a digit wrong, two neighbours swapped, O for 0, I for 1 (and the reverse).

/// How a reading differs from what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit(pub &'static str);

/// Calls `visit(spelling, edit)` for every spelling one edit away from `written` (squeezed text).
/// About ten spellings a character; none equals `written`.
pub fn one_edit(written: &str, mut visit: impl FnMut(&str, Edit)) {
    let original = written.as_bytes();
    let mut bytes = original.to_vec();
    let mut tell = |bytes: &[u8], edit| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            visit(text, edit);
        }
    };
    for i in 0..original.len() {
        let was = original[i];
        if was.is_ascii_digit() {
            for digit in b'0'..=b'9' {
                if digit != was {
                    bytes[i] = digit;
                    tell(&bytes, Edit("digit"));
                }
            }
        }
        if let Some(twin) = look_alike(was) {
            bytes[i] = twin;
            tell(&bytes, Edit("letter"));
        }
        bytes[i] = was;
        if i + 1 < original.len() && original[i + 1] != was {
            bytes.swap(i, i + 1);
            tell(&bytes, Edit("swap"));
            bytes.swap(i, i + 1);
        }
    }
}

/// The character that is easily written for this one.
pub(super) fn look_alike(byte: u8) -> Option<u8> {
    match byte {
        b'O' => Some(b'0'),
        b'0' => Some(b'O'),
        b'I' | b'L' => Some(b'1'),
        b'1' => Some(b'I'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(written: &str, meant: &str) -> Option<&'static str> {
        let mut found = None;
        one_edit(written, |spelling, Edit(name)| {
            assert_ne!(spelling, written);
            if spelling == meant {
                found = Some(name);
            }
        });
        found
    }

    #[test]
    fn one_edit_is_found_and_two_are_not() {
        assert_eq!(finds("H48221201O001", "H482212010001"), Some("letter"));
        assert_eq!(finds("H482212010701", "H482212010001"), Some("digit"));
        assert_eq!(finds("H482212010010", "H482212010001"), Some("swap"));
        assert_eq!(finds("H482212010770", "H482212010001"), None);
    }
}
