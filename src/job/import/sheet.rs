//! PURE: the rows of a table that somebody filled in. Columns are found by the keys in a row of
//! their own, whatever their order, their headings or their language.

use super::Refused;
use crate::domain::Lang;
use crate::format::FormatError;
use crate::format::book::{self, BookKind};
use crate::format::sniff::GridRow;
use crate::format::tables::{Forms, Tables};
use crate::text;

pub(super) use crate::report::xlsx::columns::{
    AMOUNT, ASSIGNED, ASSIGNEE, CLASS, DECISION, EXCEPTION_ID as ID, NOTE, REASON, TARGET,
};
use crate::report::xlsx::columns::{Choice, DECIDED_BY as BY};

/// The source and the id of the row that the exception is about, as `exceptions.csv` has them.
pub(super) const SOURCE: &str = "source";
pub(super) const ROW_ID: &str = "id";

/// Every column that is read.
const COLUMNS: [&str; 12] = [
    ID, CLASS, AMOUNT, SOURCE, ROW_ID, DECISION, TARGET, ASSIGNEE, ASSIGNED, REASON, NOTE, BY,
];
/// Columns that people fill in: no formula may stand in them.
const FILLED: [&str; 8] = [ID, DECISION, TARGET, ASSIGNEE, ASSIGNED, REASON, NOTE, BY];
/// The keys stand in one of the first rows.
const HEAD_ROWS: usize = 10;

/// A row of the work list as it came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The sheet, or empty for a text.
    pub sheet: Box<str>,
    /// Its row, from 1.
    pub row: u64,
    /// The exception's id.
    pub id: Box<str>,
    /// The class it had; may be empty.
    pub class: Box<str>,
    /// The amount it had; may be empty.
    pub amount: Box<str>,
    /// The source of the row; may be empty.
    pub source: Box<str>,
    /// The id of the row in it; may be empty.
    pub row_id: Box<str>,
    /// The decision's word.
    pub decision: Box<str>,
    /// What the decision needs beside it.
    pub target: Box<str>,
    /// Who is to settle it.
    pub assignee: Box<str>,
    /// Who was to settle it when the table was made; none in a table that does not tell.
    pub assigned: Option<Box<str>>,
    /// Why.
    pub reason: Box<str>,
    /// What else is noted.
    pub note: Box<str>,
    /// Who decides.
    pub by: Box<str>,
    /// The first cell that holds a formula: its column, and its place from 0.
    pub formula: Option<(&'static str, usize)>,
    /// The places of the columns, from 0.
    places: Vec<(&'static str, usize)>,
}

impl Filled {
    /// True when nothing is decided and nothing noted.
    pub fn is_empty(&self) -> bool {
        let decides = !self.decision.is_empty() || !self.target.is_empty();
        let says = decides || self.assigns().is_some() || !self.note.is_empty();
        self.formula.is_none() && !says
    }

    /// True where both rows ask for the same.
    pub fn asks_as(&self, other: &Self) -> bool {
        let asks = |row: &Self| {
            let assigns = row.assigns().map(Box::<str>::from);
            (row.decision.clone(), row.target.clone(), assigns)
        };
        asks(self) == asks(other)
    }

    /// The parts of a target that names several.
    pub(super) fn targets(&self) -> impl Iterator<Item = &str> {
        let parts = self.target.split([';', '\n']).map(str::trim);
        parts.filter(|part| !part.is_empty())
    }

    /// True when the row says nothing but its note.
    pub fn only_notes(&self) -> bool {
        let decides = !self.decision.is_empty() || !self.target.is_empty();
        !self.note.is_empty() && !decides && self.assigns().is_none()
    }

    /// The reason and the note behind it; empty where there is neither.
    pub fn why(&self) -> String {
        let said = [&*self.reason, &*self.note];
        let said = said.into_iter().filter(|said| !said.is_empty());
        said.collect::<Vec<_>>().join("; ")
    }

    /// Whom the row gives the exception to, empty for nobody; none where it leaves things as they
    /// were when the table was made.
    pub fn assigns(&self) -> Option<&str> {
        let then = self.assigned.as_deref().unwrap_or_default();
        (then != &*self.assignee).then_some(&*self.assignee)
    }

    /// What is wrong with a cell, and what to do, by their keys.
    pub(super) fn refuse(
        &self,
        lang: Lang,
        column: &'static str,
        keys: [&str; 2],
        args: &[(&str, &str)],
    ) -> Refused {
        let [message, fix] = keys.map(|key| text::say(lang, key, args));
        self.refuse_as(column, message, fix)
    }

    /// The same in words.
    pub(super) fn refuse_as(&self, column: &'static str, message: String, fix: String) -> Refused {
        let place = self.places.iter().find(|(key, _)| *key == column);
        let letter = place.map_or_else(String::new, |(_, at)| format!("{} ", letters(*at)));
        Refused {
            sheet: self.sheet.clone(),
            row: self.row,
            column: format!("{letter}({column})").into(),
            message,
            fix,
        }
    }
}

/// The letters of a column: 0 is A, 26 is AA.
fn letters(at: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        let digit = u32::try_from((rest - 1) % 26).unwrap_or(0);
        letters.extend(char::from_u32(u32::from(b'A') + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Table {
    /// The rows of the first sheet with the keys.
    Rows(Vec<Filled>),
    /// No sheet has a row with the keys.
    NoKeys,
    /// A spreadsheet in which a computed cell cannot be told from one that was typed.
    Opaque(&'static str),
}

/// Reads the first sheet with the keys.
///
/// # Errors
/// What is no table, or is beyond the limits.
pub fn read(bytes: &[u8]) -> Result<Table, FormatError> {
    let read = Tables::read(bytes.to_vec(), Forms::default())?;
    let mut formulas = None;
    if let Some(kind) = BookKind::of(bytes) {
        formulas = book::formulas(kind, bytes)?;
        if formulas.is_none() {
            return Ok(Table::Opaque(kind.id()));
        }
    }
    for (nth, sheet) in read.sheets.iter().enumerate() {
        let Some((head, places)) = keys(&sheet.rows) else {
            continue;
        };
        let known = formulas.as_ref().and_then(|all| all.get(nth));
        let (name, formulas) = known.map_or(("", &[][..]), |(name, cells)| (name.as_str(), cells));
        let rows = sheet.rows.iter().skip(head + 1);
        let rows = rows.map(|row| filled(row, name, &places, formulas));
        // the headings under the keys, a total, an empty line
        let counts = |row: &Filled| (!row.is_empty() || is_id(&row.id)) && !is_heading(row);
        return Ok(Table::Rows(rows.filter(counts).collect()));
    }
    Ok(Table::NoKeys)
}

/// The heading that people see under the hidden keys: it has no id of the form, and a word in every
/// column.
fn is_heading(row: &Filled) -> bool {
    !is_id(&row.id)
        && ![&row.decision, &row.target, &row.reason]
            .iter()
            .any(|cell| cell.is_empty())
        && Choice::read(&row.decision).is_none()
}

/// True for sixteen hexadecimal digits.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The row of the file that asks for something else about the same exception: which of the two is
/// meant nobody but a person knows.
pub(super) fn contrary(rows: &[Filled], row: &Filled) -> Option<u64> {
    let same = rows
        .iter()
        .filter(|other| other.row != row.row && other.id == row.id);
    let mut asking = same.filter(|other| is_id(&other.id) && !other.is_empty());
    asking
        .find(|other| !other.asks_as(row))
        .map(|other| other.row)
}

/// The row with the keys, and where each column stands.
fn keys(rows: &[GridRow]) -> Option<(usize, Vec<(&'static str, usize)>)> {
    for (nth, row) in rows.iter().take(HEAD_ROWS).enumerate() {
        let place = |key: &'static str| {
            let is_it = |cell: &&str| cell.trim().trim_start_matches('\u{feff}') == key;
            let cells: Vec<&str> = row.cells.iter().map(AsRef::as_ref).collect();
            let at = cells.iter().position(is_it)?;
            Some((key, at))
        };
        let places: Vec<_> = COLUMNS.into_iter().filter_map(place).collect();
        let has = |key: &str| places.iter().any(|(known, _)| *known == key);
        if has(ID) && has(DECISION) {
            return Some((nth, places));
        }
    }
    None
}

fn filled(
    row: &GridRow,
    sheet: &str,
    places: &[(&'static str, usize)],
    formulas: &[(u64, usize)],
) -> Filled {
    let place = |key: &str| places.iter().find(|(known, _)| *known == key);
    let cell = |key: &str| -> Box<str> {
        let place = place(key);
        let cell = place.and_then(|(_, at)| row.cells.get(*at));
        let cell = cell.map_or("", |cell| cell.as_ref().trim());
        // the sign that keeps a spreadsheet from computing a text
        cell.strip_prefix('\'').unwrap_or(cell).into()
    };
    let computed = |(key, at): &&(&'static str, usize)| {
        FILLED.contains(key) && formulas.contains(&(row.line, *at))
    };
    Filled {
        sheet: sheet.into(),
        row: row.line,
        id: cell(ID),
        class: cell(CLASS),
        amount: cell(AMOUNT),
        source: cell(SOURCE),
        row_id: cell(ROW_ID),
        decision: cell(DECISION),
        target: cell(TARGET),
        assignee: cell(ASSIGNEE),
        assigned: place(ASSIGNED).and(place(ASSIGNEE)).map(|_| cell(ASSIGNED)),
        reason: cell(REASON),
        note: cell(NOTE),
        by: cell(BY),
        formula: places.iter().find(computed).copied(),
        places: places.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        let check = |at: usize, wanted: &str| assert_eq!(letters(at), wanted);
        check(0, "A");
        check(25, "Z");
        check(26, "AA");
        check(701, "ZZ");
        check(702, "AAA");
    }

    #[test]
    fn columns_are_found_by_their_keys() {
        let text =
            "\u{feff}reason,x,decision,exception_id\nvì,1,not_fee,00ff00ff00ff00ff\n,,,\n,,,ab\n";
        let Table::Rows(rows) = read(text.as_bytes()).unwrap() else {
            panic!("{text}")
        };
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!(
            (row.row, &*row.reason, &*row.decision),
            (2, "vì", "not_fee")
        );
        assert_eq!(&*row.id, "00ff00ff00ff00ff");
        let refused = row.refuse_as(DECISION, "m".into(), "f".into());
        assert_eq!(&*refused.column, "C (decision)");
        assert_eq!(read(b"a,b\n1,2\n").unwrap(), Table::NoKeys);
    }
}
