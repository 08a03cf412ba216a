//! PURE: CSV (RFC 4180, UTF-8) -> rows by column name. Columns stand in any order, unknown ones are
//! ignored; a row that cannot be cut into cells is handed out as [`Spoiled`] and the next row goes
//! on. Rows borrow one reused buffer: nothing is copied before a noun is made of it.

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::encoding::text_of;
use super::layout::{Column, Layout, find_columns};
use super::lines::Lines;
use super::spoiled::{Spoiled, ends_in_quote, spoiled};
use super::{FormatError, Limits};
use crate::domain::RejectCode;

/// An open file: the header is read and checked, the rows follow.
pub struct Table<'a> {
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    columns: Vec<Column>,
    width: usize,
    limits: Limits,
    record: Option<StringRecord>,
    lines: Lines<'a>,
    rows: u64,
    unclosed: Option<u64>,
}

/// The next row, readable or not.
#[derive(Debug)]
pub enum Line<'r> {
    /// As many cells as the header, all known ones readable.
    Row(Row<'r>),
    /// Not a row.
    Spoiled(Spoiled),
}

/// One row; cells borrow the table's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    record: &'r StringRecord,
    columns: &'r [Column],
    /// The line in the file, the first is 1.
    pub line: u64,
}

impl<'r> Row<'r> {
    /// The cell as it stands, empty when the file has no such column.
    pub fn get(&self, column: Column) -> &'r str {
        column.at.and_then(|at| self.record.get(at)).unwrap_or("")
    }

    /// The known cells in the order of the layout: the content of the row, whatever the order of
    /// the file's columns.
    pub fn known(&self) -> impl Iterator<Item = &'r str> {
        let row = *self;
        self.columns.iter().map(move |column| row.get(*column))
    }
}

impl<'a> Table<'a> {
    /// Checks encoding, size and header.
    pub fn open(
        bytes: &'a [u8],
        layout: &'static Layout,
        limits: Limits,
    ) -> Result<Self, FormatError> {
        let bytes = text_of(bytes, limits)?;
        let mut reader = reader(bytes, b',');
        let mut header = ByteRecord::new();
        let read = reader.read_byte_record(&mut header).unwrap_or(false);
        if !read {
            return Err(FormatError::Empty);
        }
        let header = StringRecord::from_byte_record(header).map_err(|_| FormatError::NotUtf8 {
            found: "another encoding",
        })?;
        let columns = find_columns(&header, layout)?;
        Ok(Self {
            bytes,
            reader,
            columns,
            width: header.len(),
            limits,
            record: None,
            lines: Lines::new(bytes),
            rows: 0,
            unclosed: None,
        })
    }

    /// A known column of this file.
    pub fn column(&self, name: &'static str) -> Column {
        let found = self.columns.iter().find(|column| column.name == name);
        found.copied().unwrap_or(Column { name, at: None })
    }

    /// The known columns that the file has.
    pub fn present(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.columns
            .iter()
            .filter(|c| c.at.is_some())
            .map(|c| c.name)
    }

    /// Rows handed out so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The next row; none at the end. Afterwards ask [`Table::finish`] whether the end was one.
    pub fn next_line(&mut self) -> Option<Line<'_>> {
        let record = self.record.take().unwrap_or_default();
        let mut bytes = record.into_byte_record();
        let read = self.reader.read_byte_record(&mut bytes).unwrap_or(false);
        if !read {
            return None;
        }
        let line = self.lines.of_record(&bytes);
        if self.at_end() && ends_in_quote(self.lines.rest(), b',') {
            self.unclosed = Some(line);
        }
        self.rows += 1;
        if bytes.len() != self.width {
            let value = bytes.iter().collect::<Vec<_>>().join(&b',');
            return Some(Line::Spoiled(spoiled(
                line,
                RejectCode::WrongFieldCount,
                "",
                &value,
                &bytes,
            )));
        }
        if bytes.as_slice().len() > self.limits.cell_bytes {
            let long = |cell: &&[u8]| cell.len() > self.limits.cell_bytes;
            if let Some(at) = bytes.iter().position(|cell| long(&cell)) {
                let (name, value) = (self.name_at(at), &bytes[at]);
                let row = spoiled(line, RejectCode::CellTooLarge, name, value, &bytes);
                return Some(Line::Spoiled(row));
            }
        }
        let record = match StringRecord::from_byte_record(bytes) {
            Ok(record) => record,
            Err(error) => {
                let bytes = error.into_byte_record();
                if let Some(row) = self.not_utf8(&bytes, line) {
                    return Some(Line::Spoiled(row));
                }
                StringRecord::from_byte_record_lossy(bytes)
            }
        };
        Some(Line::Row(Row {
            record: self.record.insert(record),
            columns: &self.columns,
            line,
        }))
    }

    /// After the last row: an error when a quoted cell was never closed.
    pub fn finish(&self) -> Result<(), FormatError> {
        self.unclosed
            .map_or(Ok(()), |line| Err(FormatError::UnclosedQuote { line }))
    }

    /// True when the reader has consumed every byte.
    fn at_end(&self) -> bool {
        let byte = self.reader.position().byte();
        usize::try_from(byte).is_ok_and(|byte| byte >= self.bytes.len())
    }

    /// The name of the known column at a position.
    fn name_at(&self, at: usize) -> &'static str {
        let found = self.columns.iter().find(|column| column.at == Some(at));
        found.map_or("", |column| column.name)
    }

    /// The first known cell that is not UTF-8; bytes in unknown columns do not matter.
    fn not_utf8(&self, bytes: &ByteRecord, line: u64) -> Option<Spoiled> {
        let cell = |column: &Column| column.at.and_then(|at| bytes.get(at));
        let bad = |column: &&Column| cell(column).is_some_and(|c| str::from_utf8(c).is_err());
        let column = self.columns.iter().find(bad)?;
        let value = cell(column).unwrap_or_default();
        let mut row = spoiled(line, RejectCode::NotUtf8, column.name, value, bytes);
        row.cells = self
            .columns
            .iter()
            .filter_map(|column| Some((column.name, str::from_utf8(cell(column)?).ok()?.into())))
            .collect();
        Some(row)
    }
}

/// A reader of rows of any width.
pub fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout {
        name: "t",
        required: &["id", "amount"],
        optional: &["memo"],
    };

    /// Every row as `line id|amount|memo` or `line! column value code`, then the error if any.
    fn rows(bytes: &[u8]) -> Vec<String> {
        let limits = Limits {
            cell_bytes: 40,
            ..Limits::TEXT
        };
        let mut table = match Table::open(bytes, &LAYOUT, limits) {
            Ok(table) => table,
            Err(error) => return vec![error.to_string()],
        };
        let (id, amount, memo) = (
            table.column("id"),
            table.column("amount"),
            table.column("memo"),
        );
        let mut out = Vec::new();
        while let Some(line) = table.next_line() {
            out.push(match line {
                Line::Row(r) => {
                    let cells = [r.get(id), r.get(amount), r.get(memo)];
                    format!("{} {}", r.line, cells.join("|"))
                }
                Line::Spoiled(r) => {
                    format!("{}! {} {:?} {}", r.line, r.column, r.value, r.code.id())
                }
            });
        }
        if let Err(error) = table.finish() {
            out.push(error.to_string());
        }
        out
    }

    #[test]
    fn columns_stand_in_any_order() {
        let check = |text: &str, expected: &[&str]| assert_eq!(rows(text.as_bytes()), expected);
        check("id,amount\nA,1\n", &["2 A|1|"]);
        check("amount,x,ID\n1,y,A", &["2 A|1|"]);
        check(
            "\u{feff}memo, amount ,id\n\"a, \"\"b\"\"\",1,A\n",
            &["2 A|1|a, \"b\""],
        );
        check("x,x,id,amount\n,,A,1\n", &["2 A|1|"]);
        check("id,amount\n", &[]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        let check = |text: &str, expected: &[&str]| assert_eq!(rows(text.as_bytes()), expected);
        check("id,amount\r\nA,1\r\nB,2\r\n", &["2 A|1|", "3 B|2|"]);
        check("\n\nid,amount\n\n\nA,1\n\nB,2", &["6 A|1|", "8 B|2|"]);
        check("id,amount\n\"A\nA\",1\nB,2\n", &["2 A\nA|1|", "4 B|2|"]);
        check("id,amount\rA,1\rB,2", &["2 A|1|", "3 B|2|"]);
    }

    #[test]
    fn a_bad_row_does_not_stop_the_next() {
        let check = |bytes: &[u8], expected: &[&str]| assert_eq!(rows(bytes), expected);
        check(
            b"id,amount\nA\nB,2,3\nC,3\n",
            &[
                "2!  \"A\" wrong_field_count",
                "3!  \"B,2,3\" wrong_field_count",
                "4 C|3|",
            ],
        );
        check(
            b"id,amount,memo\nA,1,\xff\xfe\nB,2,ok\n",
            &["2! memo \"\u{fffd}\u{fffd}\" not_utf8", "3 B|2|ok"],
        );
        check(b"id,amount,x\nA,1,\xff\n", &["2 A|1|"]);
        let long = format!("id,amount,memo\nA,1,{}\nB,2,\n", "x".repeat(41));
        check(
            long.as_bytes(),
            &[
                &format!("2! memo {:?} cell_too_large", "x".repeat(41)),
                "3 B|2|",
            ],
        );
        // a cell is split between two cells: neither is text
        check(
            b"id,amount,memo\n\xc3,\xa9,\n",
            &["2! id \"\u{fffd}\" not_utf8"],
        );
    }

    #[test]
    fn readable_cells_of_a_bad_row_are_kept() {
        let bytes = b"id,amount,memo\nA,1,\xff\n";
        let mut table = Table::open(bytes, &LAYOUT, Limits::TEXT).unwrap();
        let Some(Line::Spoiled(row)) = table.next_line() else {
            panic!("the row is spoiled")
        };
        assert_eq!(row.get("id"), Some("A"));
        assert_eq!(row.get("amount"), Some("1"));
        assert_eq!(row.get("memo"), None);
    }

    #[test]
    fn a_file_that_is_no_table_is_refused_by_name() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(rows(bytes), [expected]);
        check(b"", "the file is empty");
        check(b"\xef\xbb\xbf", "the file is empty");
        check(b" \r\n", "the file is empty");
        check(b"\xff\xfei\0d\0", "the file is not UTF-8 text but UTF-16");
        check(b"i\0d\0,\0a\0m\0", "the file is not UTF-8 text but UTF-16");
        check(b"PK\x03\x04....", "the file is not UTF-8 text but XLSX");
        check(
            b"id,m\xf4 t\xe0\n",
            "the file is not UTF-8 text but another encoding",
        );
        check(b"id\n", "missing column: amount");
        check(b"x\n", "missing column: id, amount");
        check(b"id,amount,ID\n", "repeated column: id");
        let table = Table::open(b"id;amount\nA;1\n", &LAYOUT, Limits::TEXT);
        let Err(FormatError::MissingColumns { separator, .. }) = table else {
            panic!("the columns are missing")
        };
        assert_eq!(separator, Some(';'));
        let small = Limits {
            file_bytes: 3,
            ..Limits::TEXT
        };
        let table = Table::open(b"id,amount", &LAYOUT, small);
        assert!(matches!(
            table.err(),
            Some(FormatError::TooLarge { bytes: 9, limit: 3 })
        ));
    }

    #[test]
    fn a_quote_that_never_closes_is_no_silent_loss() {
        let check = |text: &str, closed: bool| {
            let said = rows(text.as_bytes());
            let error = said.iter().any(|s| s.contains("is never closed"));
            assert_eq!(error, !closed, "{text:?} {said:?}");
        };
        check("id,amount\nA,1\n\"B,2\nC,3\nD,4\n", false);
        check("id,amount\nA,1\nB,\"2\n", false);
        check("id,amount\nA,1\nB,\"", false);
        check("id,amount\nA,1\nB,\"2\"\"", false);
        check("id,amount\nA,1\n\"B\",\"2\n\"", true);
        check("id,amount\nA,1\nB,5\"\n", true);
        check("id,amount\nA,1\nB,\"2\"\"\"", true);
        check("id,amount\nA,1\nB,\"2\"\r\n", true);
    }
}
