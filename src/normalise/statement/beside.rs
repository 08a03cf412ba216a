//! PURE: what stands beside the entries of statements, in one walk over the rows of all of them:
//! the balances told apart, whether money out has a minus, the row in which a text or a page ends
//! where it is only a part of what was sent.

use rust_decimal::Decimal;

use super::heading::Role;
use super::open::Table;
use super::sections::Section;
use super::tables::each_row;
use super::{Statement, TableRow, amount, label};
use crate::format::tables::End;
use crate::format::{FormatError, GridRow};

const OPENING: &[&str] = &["SO DU DAU", "OPENING BALANCE"];
const CLOSING: &[&str] = &["SO DU CUOI", "CLOSING BALANCE"];

/// What stands beside the entries of one statement.
#[derive(Default)]
pub(super) struct Beside {
    /// The first opening balance that is told, and the last closing one.
    opening: Option<Decimal>,
    closing: Option<Decimal>,
    /// An amount of money out has a minus; another one has none.
    with: bool,
    without: bool,
    others: Others,
}

/// The rows of a statement but the last of the file.
#[derive(Default)]
struct Others {
    /// The fewest cells that one of them has.
    shortest: Option<usize>,
    /// One of them is an entry; one that is has no balance.
    entry: bool,
    bare: bool,
}

impl Beside {
    /// Walks over the rows of all statements. `last` is the last row of the file.
    pub(super) fn of(
        table: &Table,
        sections: &[Section],
        statements: &[Statement],
        last: Option<&(usize, GridRow)>,
    ) -> Result<Vec<Self>, FormatError> {
        let above = |(section, statement): (&Section, &Statement)| {
            let mut beside = Self::default();
            for row in &section.above {
                beside.balances(|labels| label::balance(row, labels, None, statement.style));
            }
            beside
        };
        let mut all: Vec<Self> = sections.iter().zip(statements).map(above).collect();
        each_row(table, sections, |at, place, row| {
            let known = (all.get_mut(at), sections.get(at), statements.get(at));
            let (Some(beside), Some(section), Some(statement)) = known else {
                return Ok(());
            };
            let header = &statement.header;
            if section.notes.contains(place) {
                let style = statement.style;
                beside.balances(|labels| label::balance(row, labels, Some(header), style));
            }
            if section.rows.contains(place) {
                let debit = amount::size(header.cell(row, Role::Debit), statement.style);
                beside.with |= debit.is_some_and(|sum| sum < Decimal::ZERO);
                beside.without |= debit.is_some_and(|sum| sum > Decimal::ZERO);
                if let Some((_, last)) = last.filter(|last| section.is_last && last.0 != place) {
                    beside.others.look(statement, row, last);
                }
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// Takes what a row tells for each label.
    fn balances(&mut self, told: impl Fn(&[&str]) -> Option<Decimal>) {
        if self.opening.is_none() {
            self.opening = told(OPENING);
        }
        // of several the last of the file
        self.closing = told(CLOSING).or(self.closing);
    }

    /// Whether money out is written with a minus: none where no amount of it has one.
    pub(super) fn minus(&self) -> Option<bool> {
        self.with.then_some(!self.without)
    }

    /// Tells the statement what it needs to know before its entries are added up. The row in which
    /// the file is cut joins those of the statement: it is refused, not passed over.
    pub(super) fn settle(
        &self,
        statement: &mut Statement,
        section: &mut Section,
        end: End,
        last: Option<&(usize, GridRow)>,
    ) {
        (statement.opening, statement.closing) = (self.opening, self.closing);
        statement.minus = self.minus().unwrap_or(true);
        if let Some((at, row)) = last.filter(|_| section.is_last) {
            if end == End::InTable {
                // between two rows: behind the last
                (statement.cut, statement.cut_line) = (Some(at + 1), row.line);
            } else if self.is_cut(statement, section, end, (*at, row)) {
                (statement.cut, statement.cut_line) = (Some(*at), row.line);
                section.notes.remove(*at..at + 1);
                section.rows.push(*at);
            }
        }
        statement.rows = section.rows.clone();
    }

    /// True where the file ends within its last row.
    ///
    /// A text that does not end its last line is cut where that row is shorter than every other;
    /// one that does, where the last row alone has no balance and ends before that column.
    fn is_cut(
        &self,
        statement: &Statement,
        section: &Section,
        end: End,
        (at, last): (usize, &GridRow),
    ) -> bool {
        let header = &statement.header;
        let own = section.rows.last() == Some(at);
        let half_date = is_half_date(header.cell(last, Role::Time));
        let cells = last.cells.len();
        let cut = match end {
            End::InRow => own || half_date,
            End::InLine if own || half_date => {
                let mut known = header.columns.iter();
                let width = known.rposition(|(_, role)| *role != Role::Other);
                let others = self.others.shortest.is_none_or(|shortest| shortest > cells);
                width.is_some_and(|width| cells < width + 1) && others
            }
            End::Book | End::InTable | End::InLine | End::Whole => false,
        };
        let lacks_balance = |column: usize| {
            let others = self.others.entry && !self.others.bare;
            cells <= column && others && is_entry(statement, last)
        };
        let text = own && end != End::Book;
        cut || (text && header.at(Role::Balance).is_some_and(lacks_balance))
    }
}

impl Others {
    fn look(&mut self, statement: &Statement, row: &GridRow, last: &GridRow) {
        let cells = row.cells.len();
        self.shortest = Some(self.shortest.map_or(cells, |known| known.min(cells)));
        let header = &statement.header;
        let asked = header.at(Role::Balance);
        // a last row that reaches its balance is not cut before it
        if asked.is_some_and(|column| last.cells.len() <= column) && is_entry(statement, row) {
            self.entry = true;
            let balance = amount::read(header.cell(row, Role::Balance), statement.style);
            self.bare |= balance.is_none();
        }
    }
}

fn is_entry(statement: &Statement, row: &GridRow) -> bool {
    matches!(statement.row(row), TableRow::Entry(..))
}

/// The beginning of a date: `05/1`, `05/12/20`, `2022-1`.
fn is_half_date(cell: &str) -> bool {
    let of_date = |b: u8| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'.' | b':' | b' ');
    let begins = cell.bytes().next().is_some_and(|b| b.is_ascii_digit());
    begins && cell.len() > 3 && cell.bytes().all(of_date) && cell.contains(['/', '-', '.'])
}
