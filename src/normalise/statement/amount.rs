//! PURE: amounts as people and spreadsheets print them. The separators are decided for the whole
//! file, from the cells that leave no choice; a cell that does not follow is a fault.

use rust_decimal::Decimal;

use crate::domain::RejectCode;
use crate::domain::vnd::has_three_decimals;
use crate::source::Mapping;

/// Which separators a file uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// `1,250,000.00`: also plain digits.
    PointDecimal,
    /// `1.250.000,00`.
    CommaDecimal,
}

impl Style {
    /// The style that a mapping tells.
    pub fn of(mapping: &Mapping) -> Option<Self> {
        mapping.separators.map(|(_, decimal)| match decimal {
            ',' => Self::CommaDecimal,
            _ => Self::PointDecimal,
        })
    }

    /// The separator of groups.
    pub fn group(self) -> char {
        match self {
            Self::PointDecimal => ',',
            Self::CommaDecimal => '.',
        }
    }

    /// The separator of decimals.
    pub fn decimal(self) -> char {
        match self {
            Self::PointDecimal => '.',
            Self::CommaDecimal => ',',
        }
    }
}

/// The cells of a file, of which the style is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Styles {
    point: (u64, u64),
    comma: (u64, u64),
}

impl Styles {
    /// Looks at one more.
    pub fn add(&mut self, cell: &str) {
        for (style, score) in [
            (Style::PointDecimal, &mut self.point),
            (Style::CommaDecimal, &mut self.comma),
        ] {
            if let Some(amount) = read(cell, style) {
                score.0 += 1;
                score.1 += u64::from(amount.scale() != 3);
            }
        }
    }

    /// The style that most of them follow; where both serve, the one that leaves fewer of them with
    /// three decimals (`1.250` and `50.000` are thousands: no amount in dong has decimals, and few
    /// currencies have three), then the point.
    pub fn most(self) -> Style {
        if self.comma > self.point {
            Style::CommaDecimal
        } else {
            Style::PointDecimal
        }
    }
}

/// The style of some cells.
pub fn style_of<'a>(cells: impl IntoIterator<Item = &'a str>) -> Style {
    let mut styles = Styles::default();
    cells.into_iter().for_each(|cell| styles.add(cell));
    styles.most()
}

/// Why a cell is no amount.
pub fn fault(cell: &str, style: Style) -> RejectCode {
    if has_three_decimals(bare(cell).1, style.decimal()) {
        RejectCode::ThreeDecimals
    } else {
        RejectCode::BadAmount
    }
}

/// True for a cell that shows how groups or decimals are separated.
pub fn shows_separators(cell: &str) -> bool {
    let text = bare(cell).1;
    text.contains(['.', ',']) && text.bytes().any(|b| b.is_ascii_digit())
}

/// Whether a cell is negative, and its text without sign, brackets and currency.
fn bare(cell: &str) -> (bool, &str) {
    let mut text = cell.trim();
    for word in ["VND", "VNĐ", "vnd", "đ", "₫"] {
        text = text.strip_suffix(word).unwrap_or(text).trim_end();
        text = text.strip_prefix(word).unwrap_or(text).trim_start();
    }
    let bracketed = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    match (bracketed, text.strip_prefix('-')) {
        (Some(inner), _) => (true, inner),
        (None, Some(rest)) => (true, rest.trim_start()),
        (None, None) => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// What parts groups in `1 500 000`: blanks, of which spreadsheets know several.
const BLANKS: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

/// Reads one cell: a sign or brackets, groups of three, decimals, a currency word. What may be
/// thousands or a fraction ([`has_three_decimals`]) is none.
pub fn read(cell: &str, style: Style) -> Option<Decimal> {
    let (negative, text) = bare(cell);
    if has_three_decimals(text, style.decimal()) {
        return None;
    }
    let (whole, decimals) = text.split_once(style.decimal()).unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // groups parted by blanks are the same in both styles
    let blank = whole.contains(BLANKS);
    let mut groups: Vec<&str> = if blank {
        whole.split(BLANKS).collect()
    } else {
        whole.split(style.group()).collect()
    };
    let first = groups.remove(0);
    if blank && first.starts_with('0') {
        return None;
    }
    let rest = groups;
    let grouped = rest.iter().all(|group| group.len() == 3 && digits(group));
    let width = rest.is_empty() || first.len() <= 3;
    if !digits(first) || !digits(decimals) || !grouped || !width {
        return None;
    }
    let plain = format!("{first}{}.{decimals}", rest.concat());
    let amount = plain.parse::<Decimal>().ok()?;
    Some(if negative { -amount } else { amount })
}

/// Decimal text without exponent or trailing zeros.
pub fn text(amount: Decimal) -> String {
    amount.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::Style::{CommaDecimal, PointDecimal};
    use super::*;

    #[test]
    fn amounts_are_read_in_the_style_of_their_file() {
        let check = |cell: &str, style, expected: &str| {
            let said = read(cell, style).map_or_else(|| "none".into(), text);
            assert_eq!(said, expected, "{cell}");
        };
        check("1,250,000.00", PointDecimal, "1250000");
        check("1.250.000,50", CommaDecimal, "1250000.5");
        check("45000 VND", PointDecimal, "45000");
        check("45.000đ", CommaDecimal, "45000");
        check("-150,000", PointDecimal, "-150000");
        check("(150,000)", PointDecimal, "-150000");
        check("+8", PointDecimal, "8");
        for style in [PointDecimal, CommaDecimal] {
            check("1 500 000", style, "1500000");
            check("-1\u{a0}500\u{202f}000 VND", style, "-1500000");
            for bad in ["1 50", "1 5000", "15000 000", "091 234 567", "1  500"] {
                check(bad, style, "none");
            }
        }
        check("1 500 000,50", CommaDecimal, "1500000.5");
        check("1 500.000", CommaDecimal, "none");
        check("0", PointDecimal, "0");
        check("45.00", PointDecimal, "45");
        check("45.0", PointDecimal, "45");
        check("45.5", PointDecimal, "45.5");
        check("1250.000", PointDecimal, "1250");
        for doubtful in ["45.000", "-1.250", "(45.000)", "45.000 VND"] {
            check(doubtful, PointDecimal, "none");
            assert_eq!(fault(doubtful, PointDecimal), RejectCode::ThreeDecimals);
        }
        assert_eq!(fault("1.250.00", PointDecimal), RejectCode::BadAmount);
        for bad in [
            "", "1.250.00", "1,25,000", "1250,000", ",5", "5.", "1e3", "abc", "--5",
        ] {
            check(bad, PointDecimal, "none");
        }
        check("1.250.00", CommaDecimal, "none");
        check(
            "99999999999999999999999999999999999999",
            PointDecimal,
            "none",
        );
    }

    #[test]
    fn the_whole_file_decides_the_separators() {
        let check = |cells: &[&str], style| {
            assert_eq!(style_of(cells.iter().copied()), style, "{cells:?}");
        };
        check(&["45000", "0"], Style::PointDecimal);
        check(&["45.000", "1.250"], Style::CommaDecimal);
        check(&["50.000", "1.250.00", "7.000"], Style::CommaDecimal);
        check(&["50,000", "7,000 VND"], Style::PointDecimal);
        check(&["1250.000"], Style::PointDecimal);
        check(&["45,000", "1,250"], Style::PointDecimal);
        check(&["45.000", "12.50"], Style::PointDecimal);
        check(&["1.250,00", "45.000"], Style::CommaDecimal);
        check(&["18067000.00"], Style::PointDecimal);
        check(&[], Style::PointDecimal);
    }
}
