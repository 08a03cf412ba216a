//! What the sheet of exceptions promises to whoever reads it back: its name, where its rows stand,
//! the keys of its columns, and the words of a decision.
//!
//! Row [`KEY_ROW`] is hidden and holds a key in each column, so that a reader finds a column
//! whatever its heading, its place or its language; `exceptions import` reads by these. A
//! spreadsheet program keeps hidden rows and columns when it saves.

use crate::domain::Lang;
use crate::text;

/// The row (from 0) with the keys of the columns; hidden.
pub const KEY_ROW: u32 = 0;

/// The row (from 0) with the headings that people see.
pub const HEADING_ROW: u32 = 3;

/// The first row (from 0) that holds an exception.
pub const FIRST_ROW: u32 = 4;

/// The exception's stable id, 16 hex digits; a hidden column.
pub const EXCEPTION_ID: &str = "exception_id";
/// The id of the class that the row had; a hidden column.
pub const CLASS: &str = "class";
/// The run whose workbook it is; a hidden column.
pub const RUN_ID: &str = "run_id";
/// 1 for a row on the work list, 0 for one that only informs; a hidden column.
pub const WORK: &str = "work";
/// Whether it decides the verdict: a word, or empty.
pub const DECIDING: &str = "deciding";
/// How far its settling has come, in a word; see [`crate::report::model::Status`].
pub const STATUS: &str = "status";
/// A link to its place on the page; empty where the page does not show it.
pub const LINK: &str = "link";
/// The money at risk in dong, 0 where it is counted at the other row: a number, or a text where it
/// exceeds 2^53.
pub const AT_RISK: &str = "at_risk_vnd";
/// The row's own amount in dong, as in `exceptions.csv`; written like [`AT_RISK`].
pub const AMOUNT: &str = "amount_vnd";
/// Where the money is counted when it is not at this row, and how much it is; else empty.
pub const COUNTED: &str = "counted";
/// Whole days since the exception was first seen.
pub const AGE: &str = "age_days";
/// What a person decides: a word of [`Choice`], or empty.
pub const DECISION: &str = "decision";
/// What the decision needs beside its word: `DOSSIER[/FEE]` for a pair, the same with `=AMOUNT`,
/// separated by `;`, for a split, `SOURCE/ID` for "paid by", `SOURCE/DAY[=AMOUNT]`, separated by
/// `;`, for a payout; else empty.
pub const TARGET: &str = "target";
/// Who is to settle it; empty for nobody. Filled with who was given it so far.
pub const ASSIGNEE: &str = "assignee";
/// Who was to settle it when the workbook was made; a hidden column. What [`ASSIGNEE`] holds beside
/// it is an assignment only where the two differ.
pub const ASSIGNED: &str = "assigned";
/// Why; free text.
pub const REASON: &str = "reason";
/// A note: it is kept with the decision or the assignment, behind its reason; alone it is kept with
/// whoever is to settle the row so far.
pub const NOTE: &str = "note";
/// What a person ruled on it so far, in a word; empty for nothing.
pub const RULING: &str = "ruling";
/// Who ruled that.
pub const RULED_BY: &str = "ruled_by";
/// When that was written.
pub const RULED_ON: &str = "ruled_on";
/// Why, with the note behind it.
pub const RULED_REASON: &str = "ruled_reason";
/// What was last noted, and by whom; see [`NOTE`].
pub const NOTED: &str = "noted";
/// What to send to whom about it, or a note to the officer in charge; a text to copy.
pub const LETTER: &str = "letter";
/// Who decides; empty for whoever imports.
pub const DECIDED_BY: &str = "decided_by";

/// A column of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its key, as [`KEY_ROW`] holds it.
    pub key: &'static str,
    /// The key of its heading in the messages.
    heading: &'static str,
    /// Its width in characters; 0 hides it.
    pub width: u16,
}

const fn column(key: &'static str, heading: &'static str, width: u16) -> Column {
    Column {
        key,
        heading,
        width,
    }
}

/// Every column in order: what a reader needs and nobody looks at, what is printed (up to the
/// decision), the rest of a decision, and where the row comes from.
pub const COLUMNS: [Column; 42] = [
    column(EXCEPTION_ID, "book-exception-id", 0),
    column(CLASS, "book-class", 0),
    column(RUN_ID, "book-run-id", 0),
    column(WORK, "book-work", 0),
    column("severity", "book-severity", 11),
    column("label", "book-label", 18),
    column(DECIDING, "book-deciding", 10),
    column(STATUS, "book-status", 10),
    column("dossier_code", "book-dossier-code", 25),
    column("agency", "book-agency", 14),
    column(AT_RISK, "book-amount", 15),
    column(AGE, "book-age", 7),
    column("evidence", "book-evidence", 32),
    column("advice", "book-advice", 30),
    column(DECISION, "book-decision", 21),
    column(TARGET, "book-target", 28),
    column(ASSIGNEE, "book-assignee", 16),
    column(REASON, "book-reason", 28),
    column(NOTE, "book-note", 30),
    column(DECIDED_BY, "book-decided-by", 16),
    column(RULING, "book-ruling", 20),
    column(RULED_BY, "book-ruled-by", 16),
    column(RULED_ON, "book-ruled-on", 12),
    column(RULED_REASON, "book-ruled-reason", 28),
    column(NOTED, "book-noted", 30),
    column(LINK, "book-link", 12),
    column(AMOUNT, "book-own-amount", 15),
    column(COUNTED, "book-counted", 34),
    column("opened_on", "book-opened-on", 12),
    column("due_on", "book-due-on", 12),
    column("suggestion", "book-suggestion", 34),
    column("nearest", "book-nearest", 40),
    column("also", "book-also", 20),
    column("side", "book-side", 12),
    column("source", "book-source", 16),
    column("id", "book-id", 24),
    column("row", "book-row", 44),
    column("origin_file", "book-origin-file", 24),
    column("origin_line", "book-origin-line", 9),
    column("origin_sha256", "book-origin-sha256", 0),
    column(LETTER, "letter-heading", 80),
    column(ASSIGNED, "book-assigned", 0),
];

/// The place of a column, from 0.
pub fn place(key: &str) -> Option<u16> {
    let at = COLUMNS.iter().position(|column| column.key == key)?;
    u16::try_from(at).ok()
}

/// What can be decided about an exception in the workbook; the ids are those of the options of
/// `exceptions decide`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The payment is for one dossier or line.
    Pair,
    /// The payment is for several lines, so much each.
    Split,
    /// The fee was paid by one transaction.
    PaidBy,
    /// The bank line is a gateway's payout of some of its days.
    Payout,
    /// The transaction is no fee.
    NotFee,
    /// Nothing more is expected.
    WriteOff,
    /// The refund was asked for.
    RefundRequested,
    /// An earlier decision is taken back.
    Undo,
}

impl Choice {
    /// Every choice, in the order of the drop-down.
    pub const ALL: [Self; 8] = [
        Self::Pair,
        Self::Split,
        Self::PaidBy,
        Self::Payout,
        Self::NotFee,
        Self::WriteOff,
        Self::RefundRequested,
        Self::Undo,
    ];

    /// Stable id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Split => "split",
            Self::PaidBy => "paid_by",
            Self::Payout => "payout",
            Self::NotFee => "not_fee",
            Self::WriteOff => "write_off",
            Self::RefundRequested => "refund_requested",
            Self::Undo => "undo",
        }
    }

    /// The word in the drop-down.
    pub fn word(self, lang: Lang) -> String {
        let key = match self {
            Self::Pair => "choice-pair",
            Self::Split => "choice-split",
            Self::PaidBy => "choice-paid-by",
            Self::Payout => "choice-payout",
            Self::NotFee => "choice-not-fee",
            Self::WriteOff => "choice-write-off",
            Self::RefundRequested => "choice-refund-requested",
            Self::Undo => "choice-undo",
        };
        text::say(lang, key, &[])
    }

    /// What it means and what it needs in [`TARGET`], for the page of notes.
    pub fn meaning(self, lang: Lang) -> String {
        let key = match self {
            Self::Pair => "choice-pair-meaning",
            Self::Split => "choice-split-meaning",
            Self::PaidBy => "choice-paid-by-meaning",
            Self::Payout => "choice-payout-meaning",
            Self::NotFee => "choice-not-fee-meaning",
            Self::WriteOff => "choice-write-off-meaning",
            Self::RefundRequested => "choice-refund-requested-meaning",
            Self::Undo => "choice-undo-meaning",
        };
        text::say(lang, key, &[])
    }

    /// Reads a cell: a word of either language or an id, whatever its case, its marks and the
    /// blanks around it, or the words of both languages with `/` between them. None for anything
    /// else; the caller tells which words there are.
    pub fn read(cell: &str) -> Option<Self> {
        let fold = |text: &str| crate::domain::fold::fold_name(&text.replace(['_', '-'], " "));
        let wanted = fold(cell);
        // the word in both languages, as some sheets have it: both must mean the same
        if let Some((one, other)) = cell.split_once('/') {
            let one = Self::read(one)?;
            return Self::read(other).filter(|other| *other == one);
        }
        let is_it = |choice: &Self| {
            let words = [
                choice.word(Lang::Vi),
                choice.word(Lang::En),
                choice.id().to_owned(),
            ];
            words.iter().any(|word| fold(word) == wanted)
        };
        Self::ALL.into_iter().find(is_it)
    }
}

/// The name of the sheet in `lang`; a reader tries both languages.
pub fn sheet_name(lang: Lang) -> String {
    text::say(lang, "sheet-exceptions", &[])
}

/// The heading of a column; for messages, and for a sheet whose key row is gone.
pub fn heading(lang: Lang, key: &str) -> String {
    let column = COLUMNS.iter().find(|column| column.key == key);
    column.map_or_else(String::new, |column| text::say(lang, column.heading, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_in_either_language() {
        for choice in Choice::ALL {
            for lang in [Lang::Vi, Lang::En] {
                let word = choice.word(lang);
                assert!(!word.starts_with("choice-"), "{word}");
                assert!(!word.contains([',', '"', ';']), "{word}: a list's sign");
                assert_eq!(Choice::read(&format!(" {word} ")), Some(choice));
            }
            assert_eq!(Choice::read(choice.id()), Some(choice));
        }
        let all = Choice::ALL.map(|choice| choice.word(Lang::Vi)).join(",");
        assert!(all.encode_utf16().count() <= 255, "a list's limit");
        assert_eq!(Choice::read("Khong phai khoan thu"), Some(Choice::NotFee));
        assert_eq!(Choice::read("PAID-BY"), Some(Choice::PaidBy));
        let both = |one: Choice, other: Choice| {
            format!("{} / {}", one.word(Lang::Vi), other.word(Lang::En))
        };
        for choice in Choice::ALL {
            assert_eq!(Choice::read(&both(choice, choice)), Some(choice));
        }
        assert_eq!(Choice::read(&both(Choice::Pair, Choice::Undo)), None);
        assert_eq!(Choice::read("write off / "), None);
        assert_eq!(Choice::read(""), None);
        assert_eq!(Choice::read("pay"), None);
    }

    #[test]
    fn every_column_has_a_heading_and_one_place() {
        for (at, column) in COLUMNS.iter().enumerate() {
            assert_eq!(place(column.key).map(usize::from), Some(at));
            for lang in [Lang::Vi, Lang::En] {
                assert!(!heading(lang, column.key).starts_with("book-"));
            }
        }
        for lang in [Lang::Vi, Lang::En] {
            assert!(sheet_name(lang).chars().count() <= 31);
        }
    }
}
