//! What statement files tell of an account: its balance before and after, and what moved between.

use serde::Serialize;

use crate::domain::{Day, Lang};
use crate::text;

/// One account of one statement file. Sums are in dong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementBalance {
    /// The configured source.
    pub source: Box<str>,
    /// The file's name, without folder; numbers of accounts in it are masked.
    pub file: Box<str>,
    /// The account, masked; empty where the file does not tell it.
    pub account: Box<str>,
    /// First day that it tells of.
    pub from: Day,
    /// Last day that it tells of.
    pub to: Day,
    /// Balance before the first entry; none where the file does not tell it.
    pub opening: Option<i128>,
    /// Money in, by the entries that were read.
    pub credits: i128,
    /// Money out, likewise.
    pub debits: i128,
    /// Balance after the last entry; none where the file does not tell it.
    pub closing: Option<i128>,
    /// Closing less opening, credits and debits, rounded away from zero; none without both
    /// balances.
    pub difference: Option<i128>,
    /// Parts of a dong that the whole numbers lack: what closing less opening, credits and debits
    /// as told here come to beyond the difference.
    pub rounding: i128,
    /// Entries that could not be read.
    pub rejects: u64,
    /// True of a page among several: its balances may be those of all pages.
    pub is_page: bool,
}

impl StatementBalance {
    /// What opening and movements lead to; none without an opening balance.
    pub fn computed(&self) -> Option<i128> {
        self.opening
            .map(|opening| opening + self.credits - self.debits)
    }

    /// True unless there is a difference.
    pub fn ties(&self) -> bool {
        self.difference.is_none_or(|difference| difference == 0)
    }

    /// What the difference is, in words.
    pub fn note(&self, lang: Lang) -> String {
        let n = text::number(lang, self.rejects);
        let key = match self.difference {
            None => "balance-untold",
            Some(0) => "balance-ties",
            Some(_) if self.rejects > 0 => "balance-rejects",
            Some(_) if self.is_page => "balance-page",
            Some(_) => "balance-differs",
        };
        let said = text::say(lang, key, &[("n", &n)]);
        if self.rounding == 0 {
            return said;
        }
        let rounding = text::money(lang, self.rounding);
        let rounded = text::say(lang, "balance-rounded", &[("sum", &rounding)]);
        format!("{said} {rounded}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_with_its_cause() {
        let day = Day::parse("2022-12-05").unwrap();
        let tied = StatementBalance {
            source: "bank".into(),
            file: "a.xlsx".into(),
            account: "***1234".into(),
            from: day,
            to: day,
            opening: Some(100),
            credits: 50,
            debits: 20,
            closing: Some(130),
            difference: Some(0),
            rounding: 0,
            rejects: 0,
            is_page: false,
        };
        assert_eq!(tied.computed(), Some(130));
        let check = |change: fn(&mut StatementBalance), said: &str, ties: bool| {
            let mut balance = tied.clone();
            change(&mut balance);
            assert_eq!(balance.ties(), ties, "{said}");
            let note = balance.note(Lang::Vi);
            assert!(note.contains(said), "{note}");
        };
        check(|_| (), "khớp", true);
        check(|b| b.difference = Some(-1), "không khớp", false);
        check(
            |b| (b.difference, b.rejects) = (Some(-1), 2),
            "2 dòng không đọc được",
            false,
        );
        check(
            |b| (b.difference, b.is_page) = (Some(-1), true),
            "một trang",
            false,
        );
        check(
            |b| (b.closing, b.difference) = (None, None),
            "không ghi đủ số dư",
            true,
        );
    }
}
