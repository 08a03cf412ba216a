//! PURE: a column of row numbers (`STT`) in which a bank writes its references instead. BIDV does:
//! `08312td0-87Xs`.

use super::heading::{Header, Role};
use crate::format::GridRow;

/// A number of a row has fewer digits.
const ID_DIGITS: usize = 5;

/// What stands in the column of row numbers of the entries.
pub(super) struct Numbers {
    /// The column; none where there is none, or another column holds the reference.
    at: Option<usize>,
    /// Cells that look like a reference.
    ids: u64,
    /// A cell that looks like none.
    plain: bool,
    /// The number before, and whether a number did not follow from the one before it.
    last: Option<u64>,
    jumps: bool,
}

impl Numbers {
    pub(super) fn of(header: &Header) -> Self {
        Self {
            at: header.numbers(),
            ids: 0,
            plain: false,
            last: None,
            jumps: false,
        }
    }

    /// Looks at a row that may be an entry.
    pub(super) fn look(&mut self, header: &Header, row: &GridRow) {
        let cell = self.at.map_or("", |at| row.get(at)).trim();
        let is_entry = !header.cell(row, Role::Time).is_empty() && !header.told(row).is_empty();
        if cell.is_empty() || !is_entry {
            return;
        }
        if is_id(cell) {
            self.ids += 1;
        } else {
            self.plain = true;
        }
        let number = cell.parse::<u64>().ok();
        let follows = |last: u64, number: u64| last.abs_diff(number) == 1 || number == 1;
        self.jumps |= match (self.last, number) {
            (Some(last), Some(number)) => !follows(last, number),
            (None, Some(_)) => false,
            (_, None) => true,
        };
        self.last = number;
    }

    /// The column, where all of its cells are references and not the numbers of rows.
    pub(super) fn references(&self) -> Option<usize> {
        self.at
            .filter(|_| self.ids > 0 && !self.plain && (self.jumps || self.ids == 1))
    }
}

/// Digits with letters among them, or more digits than a number of a row has.
fn is_id(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let letters = cell.bytes().any(|b| b.is_ascii_alphabetic());
    let one = !cell.contains(char::is_whitespace);
    one && digits > 0 && (letters || digits >= ID_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::statement::heading::header_at;

    fn told(numbers: &[&str]) -> bool {
        let row = |line: u64, cells: [&str; 3]| GridRow {
            line,
            cells: cells.map(Into::into).to_vec(),
        };
        let head = row(1, ["STT", "Ngày hiệu lực", "Ghi có"]);
        let header = header_at(&[head], 0).unwrap();
        let mut found = Numbers::of(&header);
        for cell in numbers {
            found.look(&header, &row(2, [cell, "05/12/2022", "50.000"]));
        }
        found.references() == Some(0)
    }

    #[test]
    fn a_number_of_a_row_is_no_reference() {
        for rows in [
            &["1", "2", "3"][..],
            &["3", "2", "1"],
            &["1", "2", "5", "6"],
            &["99998", "99999", "100000"],
            &["1", "08312td0-87Xs"],
            &["", ""],
        ] {
            assert!(!told(rows), "{rows:?}");
        }
        for references in [
            &["08312td0-87Xs"][..],
            &["08312td0-87Xs", "08312td0-87Xt", ""],
            &["20221205001", "20221205009", "20221204777"],
            &["5091.12340", "5091.20011"],
        ] {
            assert!(told(references), "{references:?}");
        }
    }
}
