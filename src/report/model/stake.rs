//! Pure: the money of one row in words. Sums count a matter at one of its two rows; who reads the
//! other one sees the amount all the same, and where it is counted.

use crate::classify::AtRisk;
use crate::domain::Lang;
use crate::text;

use super::{BriefView, ExceptionView};

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
fn line(lang: Lang, counted: AtRisk) -> String {
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
        line(lang, self.counted)
    }
}

impl BriefView {
    /// The money that it is about, for people, and where it is counted when it is not here.
    pub fn stake_parts(&self, lang: Lang) -> (Option<String>, Option<String>) {
        parts(lang, self.counted)
    }

    /// The same on one line.
    pub fn stake(&self, lang: Lang) -> String {
        line(lang, self.counted)
    }
}
