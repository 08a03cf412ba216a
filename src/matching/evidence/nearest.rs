//! Candidates that were not taken, and the first test that each failed.

use serde::{Deserialize, Serialize};

use super::dong;
use crate::domain::{Lang, Vnd};

/// A test that a candidate had to pass; the first one failed is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The dossier exists.
    Exists,
    /// The text names it exactly.
    Named,
    /// The amount fits.
    Amount,
    /// The payer agrees.
    Payer,
    /// It is still open.
    Open,
    /// Only one reading is left.
    Unique,
    /// The sum is exact.
    Sum,
    /// The day lies in the window.
    Window,
    /// Enough speaks for it.
    Weight,
    /// It succeeded.
    Success,
    /// It is final.
    Final,
    /// It is not counted for anything else.
    Free,
}

/// A candidate that was not taken, and the first test it failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Nearest {
    /// The candidate: a dossier code, transaction id, receipt id or batch.
    pub candidate: Box<str>,
    /// Its amount.
    pub amount: Option<Vnd>,
    /// The first test it failed.
    pub failed: Test,
}

impl Test {
    /// What failed, for people.
    pub fn say(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            Self::Exists => ("không có hồ sơ này", "no such dossier"),
            Self::Named => (
                "nội dung không ghi đúng mã này",
                "the text does not name it exactly",
            ),
            Self::Amount => ("số tiền không khớp", "the amount does not fit"),
            Self::Payer => ("người nộp khác", "another payer"),
            Self::Open => ("đã được thanh toán đủ", "already paid in full"),
            Self::Unique => ("còn cách hiểu khác", "another reading is left"),
            Self::Sum => ("tổng không khớp", "the sum is not exact"),
            Self::Window => ("ngoài khoảng ngày cho phép", "outside the window of days"),
            Self::Success => ("giao dịch không thành công", "it did not succeed"),
            Self::Final => ("chưa có kết quả cuối cùng", "it is not final"),
            Self::Free => ("đã tính cho khoản thu khác", "it counts for another fee"),
            Self::Weight => ("chưa đủ căn cứ", "too little speaks for it"),
        };
        if lang == Lang::Vi { vi } else { en }
    }
}

impl Nearest {
    /// `candidate (amount): what failed`.
    pub fn say(&self, lang: Lang) -> String {
        let amount = self
            .amount
            .map_or_else(String::new, |a| format!(" ({})", dong(a, lang)));
        format!("{}{amount}: {}", self.candidate, self.failed.say(lang))
    }
}
