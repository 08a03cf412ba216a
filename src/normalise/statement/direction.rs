//! PURE: the column beside an amount that tells whether money came in or went out: its headings and
//! its words. What is neither is for a person, never a guess.

use super::amount;
use super::directing::Sides;
use super::heading::Role;
use crate::normalise::memo::fold_name;
use crate::source::Mapping;

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Onto the account.
    In,
    /// Off it.
    Out,
}

/// Headings that name both sides, folded, wherever they stand in a heading.
const BOTH: [&str; 19] = [
    "D C",
    "C D",
    "DR CR",
    "CR DR",
    "N C",
    "C N",
    "NO CO",
    "CO NO",
    "GHI NO GHI CO",
    "GHI CO GHI NO",
    "DEBIT CREDIT",
    "CREDIT DEBIT",
    "TIEN VAO TIEN RA",
    "TIEN RA TIEN VAO",
    "VAO RA",
    "RA VAO",
    "THU CHI",
    "IN OUT",
    "DRCR",
];
/// Headings that mean it when they stand alone, folded.
const ALONE: [&str; 10] = [
    "DC",
    "DAU",
    "SIGN",
    "CHIEU",
    "CHIEU TIEN",
    "CHIEU GD",
    "CHIEU GIAO DICH",
    "LOAI PHAT SINH",
    "DIRECTION",
    "DAU SIGN",
];
/// Beside one of these the heading is that of the amount itself, which has a sign.
const MONEY: [&str; 4] = ["SO TIEN", "AMOUNT", "PHAT SINH", "GIA TRI"];

/// The meaning of a heading that names both sides; none for another.
pub(super) fn heading(raw: &str, folded: &str) -> Option<Role> {
    let has = |words: &str| folded.contains(&format!(" {words} "));
    // "Đ/c" is an address
    let both = BOTH.iter().any(|words| has(words)) && !(has("D C") && raw.contains(['đ', 'Đ']));
    let signs = ["+/-", "-/+", "±"].iter().any(|signs| raw.contains(signs));
    let alone = ALONE.contains(&folded.trim());
    if !(both || signs || alone) || has("SO DU") || has("BALANCE") {
        return None;
    }
    let money = MONEY.iter().any(|words| has(words)) && !alone;
    Some(if money { Role::Amount } else { Role::Direction })
}

/// Words of both ways, folded, beside the configured ones.
const IN: [&str; 22] = [
    "C",
    "CR",
    "CREDIT",
    "CO",
    "BEN CO",
    "GHI CO",
    "BAO CO",
    "PHAT SINH CO",
    "GIAO DICH GHI CO",
    "TIEN VAO",
    "TIEN DEN",
    "CHUYEN TIEN DEN",
    "CHUYEN DEN",
    "NHAN TIEN",
    "VAO",
    "NOP TIEN",
    "IN",
    "MONEY IN",
    "INCOMING",
    "DEPOSIT",
    "CRDT",
    "THU",
];
const OUT: [&str; 22] = [
    "D",
    "DR",
    "DEBIT",
    "N",
    "NO",
    "BEN NO",
    "GHI NO",
    "BAO NO",
    "PHAT SINH NO",
    "GIAO DICH GHI NO",
    "TIEN RA",
    "TIEN DI",
    "CHUYEN TIEN DI",
    "CHUYEN DI",
    "RUT TIEN",
    "RA",
    "OUT",
    "MONEY OUT",
    "OUTGOING",
    "WITHDRAWAL",
    "DBIT",
    "CHI",
];

/// Money in, and what is money out beside it in the same column and nowhere else.
pub(super) const RECEIVES: &str = "NHAN TIEN";
const TRANSFERS: &str = "CHUYEN TIEN";

/// The words that an office told for both ways, and what the column tells of others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    told: [Vec<String>; 2],
    transfers_out: bool,
    marks: bool,
}

impl Words {
    /// Those of a mapping.
    pub(super) fn of(mapping: &Mapping) -> Self {
        let fold = |key| mapping.words(key).iter().map(|word| plain(word)).collect();
        Self {
            told: [fold("in"), fold("out")],
            ..Self::default()
        }
    }

    /// The words as they are meant in a column.
    pub(super) fn beside(self, sides: Sides) -> Self {
        Self {
            transfers_out: sides.transfers_out(),
            marks: sides.marks(),
            ..self
        }
    }

    /// True where a mark behind an amount contradicts its column, or may be the currency.
    pub(super) fn doubts(&self, role: Role, cell: &str) -> bool {
        match (role, amount::mark(cell)) {
            (_, None) => false,
            (Role::Credit, Some((_, way))) => way == Way::Out,
            (Role::Debit, Some((_, way))) => way == Way::In,
            (_, Some((mark, _))) => mark == "D" && !self.marks,
        }
    }

    /// Which way a cell tells; none where it tells neither, or both.
    pub(super) fn way(&self, cell: &str) -> Option<Way> {
        if let Some(way) = self.one(cell) {
            return Some(way);
        }
        // two languages: "Có/Credit", "C (Ghi có)"
        let parts = cell.split(['/', '(', ')', '|', '\n']);
        let mut parts = parts.map(str::trim).filter(|part| !part.is_empty());
        let first = self.one(parts.next()?)?;
        parts
            .all(|part| self.one(part) == Some(first))
            .then_some(first)
    }

    fn one(&self, text: &str) -> Option<Way> {
        let text = plain(text);
        let own = |at: usize| self.told.get(at).is_some_and(|words| words.contains(&text));
        match (own(0), own(1)) {
            (true, false) => return Some(Way::In),
            (false, true) => return Some(Way::Out),
            (true, true) => return None,
            (false, false) => {}
        }
        if text == "+" || IN.contains(&text.as_str()) {
            Some(Way::In)
        } else if text == "-"
            || OUT.contains(&text.as_str())
            || (self.transfers_out && text == TRANSFERS)
        {
            Some(Way::Out)
        } else {
            None
        }
    }
}

/// A word folded; a sign that stands alone stays.
fn plain(text: &str) -> String {
    let sign = text.trim().trim_start_matches('(').trim_end_matches(')');
    match sign.trim() {
        "+" => "+".into(),
        "-" | "\u{2212}" | "\u{2013}" => "-".into(),
        _ => fold_name(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::statement::heading::role_of;

    #[test]
    fn headings_of_both_sides() {
        let check = |heading: &str, role| assert_eq!(role_of(heading), role, "{heading}");
        for heading in [
            "D/C",
            "C/D",
            "Dr/Cr",
            "DR / CR",
            "Nợ/Có",
            "Ghi nợ/Ghi có",
            "Debit/Credit",
            "N/C",
            "+/-",
            "Dấu",
            "Dấu (+/-)",
            "Tiền vào/Tiền ra",
            "D/C indicator",
            "Chiều giao dịch",
        ] {
            check(heading, Role::Direction);
        }
        for heading in [
            "Số tiền (+/-)",
            "Số tiền ghi nợ/ghi có",
            "Amount (Dr/Cr)",
            "Phát sinh Nợ/Có",
        ] {
            check(heading, Role::Amount);
        }
        check("Loại GD", Role::Kind);
        check("Loại giao dịch", Role::Kind);
        check("Loại", Role::Kind);
        check("Số dư Nợ/Có", Role::Balance);
        check("Nợ/Debit", Role::Debit);
        check("Có/Credit", Role::Credit);
        check("Đ/c", Role::Other);
        check("Số tham chiếu", Role::Reference);
        check("TK Có", Role::Other);
    }

    #[test]
    fn words_of_both_ways() {
        let table = [
            ("in".to_owned(), "N1; Thu phí".to_owned()),
            ("out".to_owned(), "N2; C".to_owned()),
        ];
        let own = Words::of(&Mapping::parse(&table.into()).unwrap());
        let usual = Words::default();
        let check = |words: &Words, cell: &str, way| assert_eq!(words.way(cell), way, "{cell}");
        for cell in [
            "C",
            "CR",
            "Có",
            "co",
            "+",
            "(+)",
            "Ghi có",
            "Có/Credit",
            "C (Ghi có)",
            "Tiền vào",
        ] {
            check(&usual, cell, Some(Way::In));
        }
        for cell in [
            "D",
            "DR",
            "N",
            "Nợ",
            "-",
            "\u{2212}",
            "Ghi nợ",
            "Nợ/Debit",
            "Tiền ra",
        ] {
            check(&usual, cell, Some(Way::Out));
        }
        for cell in ["", "X", "C/D", "RC", "Phí", "Có/Nợ", "()", "0", "Thu phí"] {
            check(&usual, cell, None);
        }
        check(&own, "n1", Some(Way::In));
        check(&own, "THU PHI", Some(Way::In));
        check(&own, "N2", Some(Way::Out));
        check(&own, "C", Some(Way::Out));
        check(&own, "D", Some(Way::Out));
    }
}
