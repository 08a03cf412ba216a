//! PURE: amounts as people and spreadsheets print them. The separators are decided for the whole
//! file, from the cells that leave no choice; a cell that does not follow is a fault.

use rust_decimal::Decimal;

use super::direction::Way;
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

/// What stands behind an amount that the bank marks as a credit or a debit: `45,000 C`.
const BEHIND: [(&str, Way); 6] = [
    ("CR", Way::In),
    ("Cr", Way::In),
    ("DR", Way::Out),
    ("Dr", Way::Out),
    ("C", Way::In),
    ("D", Way::Out),
];
/// Dashes of which one alone stands where there is no amount, and minus signs.
const DASHES: [char; 4] = ['-', '\u{2212}', '\u{2013}', '\u{2014}'];
const MINUS: [char; 2] = ['-', '\u{2212}'];
/// The currency beside an amount.
const CURRENCY: [&str; 5] = ["VND", "VNĐ", "vnd", "đ", "₫"];

/// The mark of a credit or a debit behind an amount.
pub(super) fn mark(cell: &str) -> Option<(&'static str, Way)> {
    let found = BEHIND
        .iter()
        .find(|(mark, _)| cell.trim_end().ends_with(mark));
    let behind = |(mark, way): &(&'static str, Way)| {
        let text = cell.trim().strip_suffix(mark)?;
        let digit = |c: char| c.is_ascii_digit() || c == ')';
        let amount = bare_of(text.trim_end()).1.ends_with(digit);
        amount.then_some((*mark, *way))
    };
    found.and_then(behind)
}

/// True for an amount that has such a mark.
pub fn is_marked(cell: &str) -> bool {
    mark(cell).is_some()
}

/// True for a dash alone, as bookkeepers write where there is no amount: `-`, `- đ`.
pub(super) fn is_dash(cell: &str) -> bool {
    let mut text = cell.trim();
    for word in CURRENCY {
        text = text.strip_suffix(word).unwrap_or(text).trim_end();
    }
    let mut chars = text.chars();
    chars.next().is_some_and(|c| DASHES.contains(&c)) && chars.next().is_none()
}

/// Whether a cell is negative, and its text without sign, brackets, currency and what marks it as a
/// credit or a debit.
fn bare(cell: &str) -> (bool, &str) {
    match mark(cell) {
        Some((mark, _)) => bare_of(cell.trim().strip_suffix(mark).unwrap_or(cell)),
        None => bare_of(cell),
    }
}

fn bare_of(cell: &str) -> (bool, &str) {
    let mut text = cell.trim();
    for word in CURRENCY {
        text = text.strip_suffix(word).unwrap_or(text).trim_end();
        text = text.strip_prefix(word).unwrap_or(text).trim_start();
    }
    let bracketed = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let minus = text.strip_prefix(MINUS).map(str::trim_start);
    // "11,000-", but no sign on both sides
    let signs = |c: char| c == '+' || MINUS.contains(&c);
    let behind = || {
        text.strip_suffix(MINUS)
            .filter(|rest| !rest.starts_with(signs))
    };
    match bracketed.or(minus).or_else(behind) {
        Some(rest) => (true, rest.trim_end()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// What parts groups in `1 500 000`: blanks, of which spreadsheets know several.
const BLANKS: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

/// Reads one cell: a sign (in front or behind) or brackets, groups of three, decimals, a currency
/// word, the mark of a credit or a debit (which is negative). What may be thousands or a fraction
/// ([`has_three_decimals`]) is none, and so is what has both a sign and a mark.
pub fn read(cell: &str, style: Style) -> Option<Decimal> {
    let out = matches!(mark(cell), Some((_, Way::Out)));
    size(cell, style).map(|size| if out { -size } else { size })
}

/// The same without what the mark says: in a column of money out `45,000 D` is no other amount.
pub(super) fn size(cell: &str, style: Style) -> Option<Decimal> {
    let (negative, text) = bare(cell);
    if negative && mark(cell).is_some() {
        return None;
    }
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
        check("11,000-", PointDecimal, "-11000");
        check("11.000- VND", CommaDecimal, "-11000");
        check("\u{2212}11,000", PointDecimal, "-11000");
        check("45,000 C", PointDecimal, "45000");
        check("45.000 VND CR", CommaDecimal, "45000");
        check("45,000D", PointDecimal, "-45000");
        check("45.000 Dr", CommaDecimal, "-45000");
        for bad in [
            "-",
            "-45,000 D",
            "(45,000) C",
            "11,000--",
            "+11,000-",
            "45,000 DC",
            "C",
            "0xC",
        ] {
            check(bad, PointDecimal, "none");
        }
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
    fn a_dash_alone_is_no_amount_and_no_fault() {
        for dash in ["-", " - ", "\u{2013}", "- đ", "- VND"] {
            assert!(is_dash(dash), "{dash}");
        }
        for other in ["", "--", "-5", "5-", "VND"] {
            assert!(!is_dash(other), "{other}");
        }
        assert_eq!(size("45,000 D", PointDecimal), Some(45_000.into()));
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
