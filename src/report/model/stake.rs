//! Pure: the money of one row in words. Sums count a matter at one of its two rows; who reads the
//! other one sees the amount all the same, and where it is counted.

use crate::classify::AtRisk;
use crate::domain::Lang;
use crate::text;

use super::{BriefView, ClassRow, ExceptionList, ExceptionView};

/// What is at stake in a row, and where it is counted when it is not here; of both what is known.
fn parts(lang: Lang, counted: AtRisk) -> (Option<String>, Option<String>) {
    let place = match counted {
        AtRisk::Here(_) => None,
        AtRisk::AtFee(_) => Some("stake-at-fee"),
        AtRisk::AtMoney(_) => Some("stake-at-money"),
    };
    (
        counted.amount().map(|amount| text::money_of(lang, amount)),
        place.map(|key| text::say(lang, key, &[])),
    )
}

/// The same on one line: `50.000 ₫ (tính ở dòng khoản thu)`.
pub fn stake_line(lang: Lang, counted: AtRisk) -> String {
    match parts(lang, counted) {
        (Some(amount), Some(place)) => format!("{amount} ({place})"),
        (amount, place) => amount.or(place).unwrap_or_default(),
    }
}

impl ExceptionView {
    /// The money that it is about, for people, and where it is counted when it is not here.
    pub fn stake_parts(&self, lang: Lang) -> (Option<String>, Option<String>) {
        parts(lang, self.counted)
    }

    /// The same on one line.
    pub fn stake(&self, lang: Lang) -> String {
        stake_line(lang, self.counted)
    }
}

impl BriefView {
    /// The money that it is about, for people, and where it is counted when it is not here.
    pub fn stake_parts(&self, lang: Lang) -> (Option<String>, Option<String>) {
        parts(lang, self.counted)
    }

    /// The same on one line.
    pub fn stake(&self, lang: Lang) -> String {
        stake_line(lang, self.counted)
    }
}

impl ExceptionList {
    /// Of how many matters the open work is; none where each row is one of its own.
    pub fn matters_word(&self, lang: Lang) -> Option<String> {
        matters_word(lang, self.matters.into(), self.work.count.into())
    }

    /// `95 (77 vụ việc)`: the open work.
    pub fn count_word(&self, lang: Lang) -> String {
        let rows = text::number(lang, self.work.count);
        match self.matters_word(lang) {
            Some(matters) => format!("{rows} ({matters})"),
            None => rows,
        }
    }

    /// The same in a sentence.
    pub fn matters_of(&self, lang: Lang) -> Option<String> {
        let matters = self.matters_word(lang)?;
        Some(matters_of(lang, &matters, self.work.count.into()))
    }
}

impl ClassRow {
    /// The same of a class.
    pub fn matters_word(&self, lang: Lang) -> Option<String> {
        matters_word(lang, self.matters.into(), self.figure.count.into())
    }
}

/// What so many rows and `77 vụ việc` are to each other, in a sentence.
pub fn matters_of(lang: Lang, matters: &str, rows: i128) -> String {
    let n = text::number(lang, rows);
    text::say(lang, "matters-of", &[("n", &n), ("matters", matters)])
}

/// `77 vụ việc` for so many rows; none where each row is a matter of its own.
pub fn matters_word(lang: Lang, matters: i128, rows: i128) -> Option<String> {
    (matters < rows).then(|| {
        let n = text::number(lang, matters);
        text::say(lang, "matters-count", &[("n", &n)])
    })
}
