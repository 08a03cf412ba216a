//! What to write to the bank, the provider, the one-stop office, the cashier or another unit about
//! an open row: a text to copy, with what they need to find it and nothing personal. Where nobody
//! outside is to be asked it is a note to the officer in charge.

use super::{day, lookup, mask_account, mask_file, money_of, say, when};
use crate::domain::ids::MADE;
use crate::domain::{Day, Lang, Moment, RowKey, Side, Txn, Vnd};

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
    /// The transaction itself, where it is known: what the bank finds it by.
    pub txn: Option<&'a Txn>,
    /// Of a row that could not be read: file, line and column.
    pub place: Option<(&'a str, u64, &'a str)>,
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
            txn: None,
            place: None,
        }
    }

    /// The same with the transaction itself.
    #[must_use]
    pub fn with(self, txn: Option<&'a Txn>) -> Self {
        Self { txn, ..self }
    }

    /// The same with file, line and column of an unreadable row.
    #[must_use]
    pub fn standing(self, place: Option<(&'a str, u64, &'a str)>) -> Self {
        Self { place, ..self }
    }

    /// Where the row stands, with a sign before it; empty for one that was read.
    fn at(&self, lang: Lang) -> String {
        let Some((file, line, column)) = self.place else {
            return String::new();
        };
        let (file, line) = (mask_file(file), line.to_string());
        let args = [("file", &*file), ("line", &*line), ("column", column)];
        say(lang, "letter-at", &args)
    }

    /// When it was: the day and time of a transaction, else the day it counts under.
    fn on(&self, lang: Lang) -> String {
        let Some(txn) = self.txn else {
            return day(lang, self.day);
        };
        let on = day(lang, txn.paid_on);
        if txn.paid_at.ms() == Moment::of_day(txn.paid_on).ms() {
            return on;
        }
        let at = txn.paid_at.vi();
        let time = at.split_once(' ').map_or("", |(time, _)| time);
        say(lang, "letter-when", &[("day", &on), ("time", time)])
    }

    /// What the reader finds the row by: the bank's reference and the end of the account, else the
    /// own id.
    fn name(&self, lang: Lang) -> String {
        let Some(txn) = self.txn else {
            return match self.side {
                Side::Txn => say(lang, "letter-by-id", &[("id", self.id)]),
                Side::Fee | Side::Receipt => self.id.to_owned(),
            };
        };
        let has = |text: &&str| !text.is_empty();
        let (key, id) = match txn.bank_ref.as_deref().filter(has) {
            Some(_) => ("letter-by-reference", txn.reference()),
            None => ("letter-by-id", txn.id.to_string()),
        };
        let mut name = say(lang, key, &[("id", &id)]);
        if let Some(account) = txn.account.as_deref().filter(has) {
            let account = mask_account(account);
            name.push_str(&say(lang, "letter-account", &[("account", &account)]));
        }
        name
    }
}

/// True for an id that the program made up, because the bank gave no number.
pub fn is_made(id: &str) -> bool {
    id.starts_with(MADE)
}

/// A transaction in a sentence: what the bank knows it by, and when it was. One that the bank gave
/// no number of its own is told by its amount.
pub fn called(lang: Lang, txn: &Txn) -> String {
    let at = when(lang, &txn.paid_at);
    let name = txn.reference();
    if !is_made(&name) {
        return format!("{name} ({at})");
    }
    let amount = money_of(lang, txn.amount);
    say(lang, "row-unnumbered", &[("amount", &amount), ("at", &at)])
}

/// Whom the letter is for: the key of the line above it.
fn receiver(side: Side, class: &str) -> &'static str {
    match (side, class) {
        (_, "decision_stale") => "letter-to-officer",
        (_, "reject") => "letter-to-sender",
        (_, "wrong_agency") => "letter-to-unit",
        (_, "receipt_mismatch" | "missing_receipt" | "no_e_receipt") | (Side::Receipt, _) => {
            "letter-to-cashier"
        }
        (Side::Fee, "missing_payment" | "net_settlement" | "pending") => "letter-to-providers",
        (
            Side::Txn,
            "reversed" | "refunded" | "partial_refund" | "underpaid" | "partial"
            | "method_mismatch" | "missing_payment",
        )
        | (Side::Fee, _) => "letter-to-office",
        (Side::Txn, _) => "letter-to-provider",
    }
}

/// Note to the officer in charge where asking others is too early: what to wait for.
pub fn note(lang: Lang, said: &str) -> (String, String) {
    (say(lang, "letter-to-officer", &[]), said.to_owned())
}

/// To whom, and the text, about a payment whose refund was asked for on a day and has not come.
pub fn refund(lang: Lang, matter: &Matter<'_>, asked: Day) -> (String, String) {
    let (amount, asked) = (money_of(lang, matter.amount), day(lang, asked));
    let (on, name) = (matter.on(lang), matter.name(lang));
    let args = [
        ("source", matter.source),
        ("id", &*name),
        ("amount", &*amount),
        ("day", &*on),
        ("asked", &*asked),
    ];
    let said = say(lang, "letter-refund-asked", &args);
    (say(lang, "letter-to-provider", &args), said)
}

/// To whom, and the text; none for a class that needs nobody.
pub fn letter(lang: Lang, matter: &Matter<'_>) -> Option<(String, String)> {
    let class = matter.class.replace('_', "-");
    let key = format!("letter-{}-{class}", matter.side.id());
    let amount = money_of(lang, matter.amount);
    let on = matter.on(lang);
    let name = matter.name(lang);
    let args = [
        ("source", matter.source),
        ("id", &*name),
        ("dossier", matter.dossier),
        ("amount", amount.as_str()),
        ("day", on.as_str()),
    ];
    let text = lookup(lang, &key, &args).or_else(|| {
        let row = format!("letter-row-{}", matter.side.id());
        let of = if matter.dossier.is_empty() {
            String::new()
        } else {
            say(lang, "letter-of", &args)
        };
        let at = matter.at(lang);
        let mut args = args.to_vec();
        args.extend([("of", of.as_str()), ("at", at.as_str())]);
        let row = say(lang, &row, &args);
        args.push(("row", row.as_str()));
        lookup(lang, &format!("letter-any-{class}"), &args)
    })?;
    Some((say(lang, receiver(matter.side, matter.class), &args), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_named_by_what_the_bank_knows() {
        let paid_at = crate::domain::Moment::parse("2022-12-07T08:25:00+07:00").unwrap();
        let json = r#"{"source":"bank-main","id":"~6d741f5005bc-1","order_ref":null,"memo":"",
            "amount":50000,"fee":0,"net":50000,"paid_at":PAID_AT,
            "paid_on":"2022-12-07","business_date":"2022-12-07","status":"success",
            "kind":"payment","payer":"","account":"0071000000001","bank_ref":"FT103",
            "instrument":"transfer"}"#;
        let json = json.replace("PAID_AT", &serde_json::to_string(&paid_at).unwrap());
        let mut txn: Txn = serde_json::from_str(&json).unwrap();
        let say = |lang: Lang, txn: &Txn| {
            let (key, day) = (txn.key(), txn.business_date);
            let matter = Matter::of("duplicate", &key, "H48-1", txn.amount, day);
            letter(lang, &matter.with(Some(txn))).unwrap().1
        };
        let vi = "Giao dịch số tham chiếu FT103, tài khoản *********0001, \
            ngày 07/12/2022 lúc 08:25:00, ";
        assert!(
            say(Lang::Vi, &txn).starts_with(vi),
            "{}",
            say(Lang::Vi, &txn)
        );
        let en = "Transaction with reference FT103, account *********0001, of 2022-12-07 at \
            08:25:00, ";
        assert!(
            say(Lang::En, &txn).starts_with(en),
            "{}",
            say(Lang::En, &txn)
        );
        assert!(!say(Lang::Vi, &txn).contains('~'));
        assert_eq!(called(Lang::Vi, &txn), "FT103 (08:25:00 07/12/2022)");
        txn.bank_ref = None;
        assert!(say(Lang::Vi, &txn).starts_with("Giao dịch mã ~6d741f5005bc-1, tài khoản"));
    }

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
                    txn: None,
                    place: None,
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
