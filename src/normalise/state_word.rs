//! PURE: a provider's own word for a state that the program does not know, as people read it: one
//! line, short, without what may be personal data. It is foreign text.

use super::memo::{fold_name, stored};
use crate::domain::Piece;

/// Longer words are cut, in characters.
const LONGEST: usize = 40;

/// A word with more digits than this may hold the number of an account, a card, a person.
const DIGITS_MAX: usize = 7;

/// The word; none where there is none, or where it names the payer.
pub(super) fn of(raw: &str, payer: &str) -> Option<Box<Piece>> {
    let text = stored(raw);
    let line: String = text.chars().map(visible).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let payer = fold_name(payer);
    let is_person = !payer.is_empty() && fold_name(&line).contains(&payer);
    if line.is_empty() || is_person {
        return None;
    }
    let digits = line.chars().filter(|c| c.is_numeric()).count();
    let masked = |c: char| {
        if c.is_numeric() && digits > DIGITS_MAX {
            '*'
        } else {
            c
        }
    };
    let mut word: String = line.chars().take(LONGEST).map(masked).collect();
    if line.chars().count() > LONGEST {
        word.push('…');
    }
    Some(Box::new(word.as_str().into()))
}

/// A blank for what is no mark of a line, or turns its direction.
fn visible(c: char) -> char {
    match c {
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => ' ',
        '"' => '\'',
        c if c.is_control() => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_short_line_without_personal_data() {
        let check = |raw: &str, payer: &str, expected: Option<&str>| {
            let word = of(raw, payer).map(|word| word.to_string());
            assert_eq!(word.as_deref(), expected, "{raw:?}");
        };
        check("77", "NGUYEN VAN A", Some("77"));
        check(
            " PROCESSING\r\n-7002\u{202e}\0 ",
            "",
            Some("PROCESSING -7002 \u{fffd}"),
        );
        check("Đang chờ \"x\"", "", Some("Đang chờ 'x'"));
        check("", "", None);
        check(" \t", "", None);
        check("Da chuyen Nguyễn Văn A", "NGUYEN VAN A", None);
        check("tk 0123 456 789", "", Some("tk **** *** ***"));
        let long = format!("{}…", "x".repeat(40));
        check(&"x".repeat(4000), "", Some(&long));
    }
}
