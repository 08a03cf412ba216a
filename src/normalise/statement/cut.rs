//! PURE: the row in which a text or a page ends, where it is only a part of what was sent.

use super::heading::Role;
use super::open::Table;
use super::sections::Section;
use super::{Statement, TableRow, amount};
use crate::format::GridRow;
use crate::format::tables::End;

/// The place of the row in which a file ends; behind the last row where a page ends in its table.
/// The row joins those of the section: it is refused, not passed over.
///
/// A text that does not end its last line is cut where that row is shorter than every other; one
/// that does, where the last row alone has no balance and ends before that column.
pub(super) fn place(statement: &Statement, table: &Table, section: &mut Section) -> Option<usize> {
    if !section.is_last {
        return None;
    }
    let rows = &table.grid.rows;
    let at = rows.len().checked_sub(1)?;
    let last = rows.get(at)?;
    let header = &statement.header;
    if table.end == End::InTable {
        return Some(rows.len());
    }
    let own = section.rows.last() == Some(&at);
    let half_date = is_half_date(header.cell(last, Role::Time));
    let others = section.rows.iter().filter(|other| **other != at);
    let others = || others.clone().filter_map(|at| rows.get(*at));
    let cut = match table.end {
        End::InRow => own || half_date,
        End::InLine if own || half_date => {
            let mut known = header.columns.iter();
            let width = known.rposition(|(_, role)| *role != Role::Other)? + 1;
            let is_short = |row: &GridRow| row.cells.len() <= last.cells.len();
            last.cells.len() < width && !others().any(is_short)
        }
        End::Book | End::InTable | End::InLine | End::Whole => false,
    };
    let is_entry = |row: &GridRow| matches!(statement.row(row), TableRow::Entry(..));
    let lacks_balance = |column: usize| {
        let balance = |row| amount::read(header.cell(row, Role::Balance), statement.style);
        let mut entries = others().filter(|row| is_entry(row)).peekable();
        let short = last.cells.len() <= column && is_entry(last);
        short && entries.peek().is_some() && entries.all(|row| balance(row).is_some())
    };
    let text = own && table.end != End::Book;
    let cut = cut || (text && header.at(Role::Balance).is_some_and(lacks_balance));
    if cut && !own {
        section.notes.retain(|note| *note != at);
        section.rows.push(at);
    }
    cut.then_some(at)
}

/// The beginning of a date: `05/1`, `05/12/20`, `2022-1`.
fn is_half_date(cell: &str) -> bool {
    let of_date = |b: u8| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'.' | b':' | b' ');
    let begins = cell.bytes().next().is_some_and(|b| b.is_ascii_digit());
    begins && cell.len() > 3 && cell.bytes().all(of_date) && cell.contains(['/', '-', '.'])
}
