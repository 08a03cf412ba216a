//! What to write to the bank, the provider or the one-stop office about an open row: a text to
//! copy, with what they need to find it and nothing personal.

use super::{day, lookup, money_of, say};
use crate::domain::{Day, Lang, RowKey, Side, Vnd};

/// What the letter is about.
#[derive(Clone, Copy, Debug)]
pub struct Matter<'a> {
    /// Class of the row.
    pub class: &'a str,
    /// Which kind of row.
    pub side: Side,
    /// Its source; empty for a fee.
    pub source: &'a str,
    /// Its id.
    pub id: &'a str,
    /// The dossier that it belongs to or names; empty when there is none.
    pub dossier: &'a str,
    /// Its amount.
    pub amount: Vnd,
    /// The day it counts under.
    pub day: Day,
}

impl<'a> Matter<'a> {
    /// About an open row; `dossier` is the code that it belongs to or names.
    pub fn of(class: &'a str, key: &'a RowKey, dossier: &'a str, amount: Vnd, day: Day) -> Self {
        Self {
            class,
            side: key.side,
            source: key.source.as_str(),
            id: &key.id,
            dossier,
            amount,
            day,
        }
    }
}

/// To whom, and the text; none where nobody outside can help.
pub fn letter(lang: Lang, matter: &Matter<'_>) -> Option<(String, String)> {
    let class = matter.class.replace('_', "-");
    let key = format!("letter-{}-{class}", matter.side.id());
    let (amount, on) = (money_of(lang, matter.amount), day(lang, matter.day));
    let args = [
        ("source", matter.source),
        ("id", matter.id),
        ("dossier", matter.dossier),
        ("amount", amount.as_str()),
        ("day", on.as_str()),
    ];
    let text = lookup(lang, &key, &args)?;
    let to = match matter.side {
        Side::Txn => "letter-to-provider",
        Side::Fee if matter.class == "missing_payment" => "letter-to-providers",
        Side::Fee | Side::Receipt => "letter-to-office",
    };
    Some((say(lang, to, &args), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_name_the_row_in_both_languages() {
        let check = |side: Side, class: &str, has: bool| {
            for lang in [Lang::Vi, Lang::En] {
                let matter = Matter {
                    class,
                    side,
                    source: "bank-main",
                    id: "FT1",
                    dossier: "H48.18.22-221202-0001",
                    amount: Vnd::new(50_000),
                    day: Day::parse("2022-12-05").unwrap(),
                };
                let made = letter(lang, &matter);
                assert_eq!(made.is_some(), has, "{class}");
                let Some((to, text)) = made else { continue };
                assert!(text.contains("FT1") && text.contains("50"), "{text}");
                assert!(!to.contains("letter-") && !to.is_empty(), "{to}");
            }
        };
        for class in [
            "unidentified",
            "orphan",
            "foreign",
            "ambiguous",
            "near_reference",
            "duplicate",
            "overpaid",
            "unlinked_refund",
            "conflict",
            "pending",
        ] {
            check(Side::Txn, class, true);
        }
        for class in [
            "missing_payment",
            "missing_receipt",
            "status_mismatch",
            "conflict",
        ] {
            check(Side::Fee, class, true);
        }
        check(Side::Receipt, "receipt_mismatch", true);
        check(Side::Fee, "unpaid", false);
        check(Side::Txn, "ok", false);
    }
}
