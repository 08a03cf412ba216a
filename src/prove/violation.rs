//! What the checker says when something does not hold: a sentence for a person, in both languages.

use serde::Serialize;

use crate::domain::fee::words;
use crate::domain::vnd::grouped;
use crate::domain::{DossierCode, Fraction, Lang, RowKey, Side, Text};

words!(
    /// The family of statements that a finding belongs to; one file of this room each.
    Invariant {
        /// Every row and every dong is accounted for, per source, day, kind and status.
        Conservation = "conservation",
        /// Every row stands once: one class, one exception, one group.
        Once = "once",
        /// No side is used beyond its amount; what goes back had come.
        Capacity = "capacity",
        /// Every match satisfies the rule that it names.
        Rule = "rule",
        /// Every class agrees with its row.
        Class = "class",
        /// What each item adds to each definition follows from its row.
        Item = "item",
        /// Every share, bound and verdict follows from its items.
        Share = "share",
        /// What the database holds agrees with what was decided.
        Stored = "stored",
        /// The published files are the ones that were written.
        Files = "files",
    }
);

impl Invariant {
    /// Its name for people.
    pub fn label(self) -> Text {
        match self {
            Self::Conservation => text("Bảo toàn số dòng và số tiền", "Nothing lost or invented"),
            Self::Once => text("Mỗi dòng đúng một lần", "Each row once"),
            Self::Capacity => text(
                "Không dùng quá số tiền của bên nào",
                "No side beyond its amount",
            ),
            Self::Rule => text(
                "Ghép đúng quy tắc đã nêu",
                "Each match follows its named rule",
            ),
            Self::Class => text("Phân loại đúng với dòng", "Each class agrees with its row"),
            Self::Item => text(
                "Phần đóng góp vào tỷ lệ đúng với dòng",
                "Each item of a share follows from its row",
            ),
            Self::Share => text(
                "Tỷ lệ, cận và kết luận tính lại khớp",
                "Shares, bounds and verdicts recomputed",
            ),
            Self::Stored => text(
                "Cơ sở dữ liệu khớp với kết quả",
                "The database agrees with the result",
            ),
            Self::Files => text(
                "Tệp đã phát hành còn nguyên vẹn",
                "The published files are unchanged",
            ),
        }
    }
}

/// Both languages of a fixed text.
pub const fn text(vi: &'static str, en: &'static str) -> Text {
    Text { vi, en }
}

/// One statement that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Violation {
    /// The family.
    pub invariant: Invariant,
    /// Which rows, groups or shares, as people name them.
    pub about: Box<str>,
    /// What must hold, in Vietnamese.
    pub vi: &'static str,
    /// What must hold, in English.
    pub en: &'static str,
    /// What it should be.
    pub expected: Box<str>,
    /// What it is.
    pub found: Box<str>,
}

impl Violation {
    /// One sentence.
    pub fn sentence(&self, lang: Lang) -> String {
        let Self {
            about,
            expected,
            found,
            ..
        } = self;
        match lang {
            Lang::Vi => format!("{about}: {}: phải là {expected}, thấy {found}", self.vi),
            Lang::En => format!("{about}: {}: expected {expected}, found {found}", self.en),
        }
    }
}

/// Collects violations.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Violation>);

#[expect(
    clippy::needless_pass_by_value,
    reason = "a finding is said once: numbers, texts and ids as they are at hand"
)]
impl Findings {
    /// Adds one.
    pub fn add(
        &mut self,
        invariant: Invariant,
        about: impl Into<Box<str>>,
        what: Text,
        expected: impl ToString,
        found: impl ToString,
    ) {
        self.0.push(Violation {
            invariant,
            about: about.into(),
            vi: what.vi,
            en: what.en,
            expected: expected.to_string().into(),
            found: found.to_string().into(),
        });
    }
}

/// A row as people name it: `txn sepay-main 123`, `fee H48.18.22-221202-0001 F1`.
pub fn name(key: &RowKey) -> String {
    let dossier = key.dossier.as_ref().map_or("", DossierCode::as_str);
    let before = if key.side == Side::Fee {
        dossier
    } else {
        key.source.as_str()
    };
    format!("{} {before} {}", key.side.id(), key.id)
}

/// `3 (150.000)`: rows and dong.
pub fn count_and_sum(count: i128, sum: i128) -> String {
    format!("{count} ({} đ)", grouped(sum))
}

/// `50.000 đ`.
pub fn dong(sum: i128) -> String {
    format!("{} đ", grouped(sum))
}

/// `3/7`, or `-` without data.
pub fn ratio(fraction: Option<Fraction>) -> String {
    fraction.map_or_else(|| "-".to_owned(), |f| format!("{}/{}", f.num, f.den))
}
