//! The escaper of all HTML we write: markup is escaped, and what cannot be seen is shown.
//!
//! A memo is free text from outside. A right-to-left override can make `exe.gnp` read as
//! `png.exe`, a zero-width space can make two different codes look alike; a finance person must
//! see such characters instead of falling for them.

use std::fmt;

use askama::filters::Escaper;

/// Escapes markup and shows control, bidi and zero-width characters as `‹U+202E›`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        let mut plain_from = 0;
        for (at, c) in text.char_indices() {
            let entity = entity(c);
            if entity.is_none() && !is_hidden(c) {
                continue;
            }
            dest.write_str(text.get(plain_from..at).unwrap_or_default())?;
            plain_from = at + c.len_utf8();
            match entity {
                Some(entity) => dest.write_str(entity)?,
                None => write!(dest, "‹U+{:04X}›", u32::from(c))?,
            }
        }
        dest.write_str(text.get(plain_from..).unwrap_or_default())
    }
}

fn entity(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

/// True for characters that change how a text looks without being seen: controls, bidi marks,
/// zero-width characters, variation selectors, tags, and the noncharacters.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF | 0xE0000..=0xE0FFF)
}

/// The same for a text that is no HTML (a file of lines for people).
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(['‹', 'U', '+']);
            out.extend(format!("{:04X}", u32::from(c)).chars());
            out.push('›');
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str) {
        let mut out = String::new();
        Visible.write_escaped_str(&mut out, raw).unwrap();
        assert_eq!(out, expected, "{raw:?}");
    }

    #[test]
    fn markup_is_escaped_and_hidden_characters_are_shown() {
        check(
            "Nguyễn & <b>\"A\"</b>'",
            "Nguyễn &amp; &lt;b&gt;&quot;A&quot;&lt;/b&gt;&#39;",
        );
        check("a\u{202e}b", "a‹U+202E›b");
        check("a\u{200b}\u{feff}", "a‹U+200B›‹U+FEFF›");
        check("a\r\n\tb\0", "a‹U+000D›‹U+000A›‹U+0009›b‹U+0000›");
        check("12\u{a0}%", "12\u{a0}%");
        check("", "");
        assert_eq!(visible("x\u{2066}<"), "x‹U+2066›<");
    }
}
