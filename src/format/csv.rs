//! PURE: CSV (RFC 4180, UTF-8) -> rows by column name. Columns stand in any order, unknown ones are
//! ignored; a row that cannot be cut into cells is handed out as [`Spoiled`] and the next row goes
//! on. Rows borrow their block: a plain record is not copied before a noun is made of it.

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::blocks::{Block, Blocks, line_ends};
use super::encoding::text_of;
use super::layout::{Column, Layout, find_columns};
use super::library::Library;
use super::plain::{Cut, Plain};
use super::row::{Cells, Line, Row};
use super::spoiled::{Spoiled, spoiled};
use super::{FormatError, Limits};
use crate::domain::RejectCode;

/// What the header of an open file tells.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    width: usize,
    limits: Limits,
}

impl Table {
    /// Checks encoding, size and header of a file of `size` bytes; gives what stands behind the
    /// header in the first block, too.
    pub fn open(
        blocks: &mut Blocks<'_>,
        size: u64,
        layout: &'static Layout,
        limits: Limits,
    ) -> Result<(Self, Block), FormatError> {
        if size > limits.file_bytes {
            let (bytes, limit) = (size, limits.file_bytes);
            return Err(FormatError::TooLarge { bytes, limit });
        }
        let mut first = blocks.next(Vec::new())?.unwrap_or_default();
        while !first.last && first.bytes.iter().all(u8::is_ascii_whitespace) {
            first = blocks.next(first.bytes)?.unwrap_or_default();
        }
        let text = text_of(&first.bytes, limits)?;
        let mut reader = reader(text, b',');
        let mut header = ByteRecord::new();
        let read = reader.read_byte_record(&mut header).unwrap_or(false);
        if !read {
            return Err(FormatError::Empty);
        }
        let header = StringRecord::from_byte_record(header).map_err(|_| FormatError::NotUtf8 {
            found: "another encoding",
        })?;
        let columns = find_columns(&header, layout)?;
        let read = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        // the reader stops between CR and LF
        let halved = text[..read].ends_with(b"\r") && text[read..].starts_with(b"\n");
        let read = read + usize::from(halved);
        first.line += line_ends(&text[..read]);
        let behind = first.bytes.len() - text.len() + read;
        first.bytes.drain(..behind);
        let table = Self {
            columns,
            width: header.len(),
            limits,
        };
        Ok((table, first))
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

    /// The rows of a block.
    pub fn rows<'b>(&'b self, block: &'b Block) -> Rows<'b> {
        let cutter = match Plain::new(block) {
            Some(plain) => Cutter::Plain(plain),
            None => Cutter::Library(Library::new(&block.bytes, block.line)),
        };
        Rows {
            table: self,
            cutter,
            count: 0,
        }
    }
}

/// The rows of one block.
pub struct Rows<'b> {
    table: &'b Table,
    cutter: Cutter<'b>,
    count: u64,
}

enum Cutter<'b> {
    /// Text whose lines end with LF or CR LF.
    Plain(Plain<'b>),
    /// Anything.
    Library(Library<'b>),
}

impl Rows<'_> {
    /// Rows handed out so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The next row; none at the end. Afterwards ask [`Rows::unclosed`] whether the end was one.
    pub fn next_line(&mut self) -> Option<Line<'_>> {
        if let Cutter::Plain(plain) = &mut self.cutter {
            match plain.cut() {
                Cut::Record => {}
                Cut::End => return None,
                Cut::Unclosed { rest, line } => {
                    self.cutter = Cutter::Library(Library::new(rest, line));
                }
            }
        }
        let table = self.table;
        let (cells, line) = match &mut self.cutter {
            Cutter::Plain(plain) => plain.record(),
            Cutter::Library(library) => {
                let line = library.next(table)?;
                self.count += 1;
                return Some(line);
            }
        };
        self.count += 1;
        Some(table.line(cells, line))
    }

    /// After the last row: the line of a record whose quoted cell is never closed.
    pub fn unclosed(&self) -> Option<u64> {
        match &self.cutter {
            Cutter::Plain(_) => None,
            Cutter::Library(library) => library.unclosed,
        }
    }
}

impl Table {
    /// A record as a row, if it is one.
    pub(super) fn line<'r>(&'r self, cells: Cells<'r>, line: u64) -> Line<'r> {
        if let Some(spoiled) = self.misshapen(cells.ends.len(), line, || cells.iter()) {
            return Line::Spoiled(spoiled);
        }
        let length = cells.ends.last().map_or(0, |end| end - cells.start);
        if length > self.limits.cell_bytes
            && let Some(spoiled) = self.too_large(line, || cells.iter())
        {
            return Line::Spoiled(spoiled);
        }
        self.row(cells, line)
    }

    /// A record whose size and shape are in order.
    pub(super) fn row<'r>(&'r self, cells: Cells<'r>, line: u64) -> Line<'r> {
        Line::Row(Row {
            cells,
            columns: &self.columns,
            line,
        })
    }

    /// A record of another number of cells than the header.
    pub(super) fn misshapen<'r, I: Iterator<Item = &'r [u8]>>(
        &self,
        width: usize,
        line: u64,
        cells: impl Fn() -> I,
    ) -> Option<Spoiled> {
        let value = || cells().collect::<Vec<_>>().join(&b',');
        let code = RejectCode::WrongFieldCount;
        (width != self.width).then(|| spoiled(line, code, "", &value(), cells()))
    }

    /// A record with a cell beyond the limit.
    pub(super) fn too_large<'r, I: Iterator<Item = &'r [u8]>>(
        &self,
        line: u64,
        cells: impl Fn() -> I,
    ) -> Option<Spoiled> {
        let mut all = cells().enumerate();
        let (at, value) = all.find(|(_, cell)| cell.len() > self.limits.cell_bytes)?;
        let code = RejectCode::CellTooLarge;
        Some(spoiled(line, code, self.name_at(at), value, cells()))
    }

    /// The name of the known column at a position.
    fn name_at(&self, at: usize) -> &'static str {
        let found = self.columns.iter().find(|column| column.at == Some(at));
        found.map_or("", |column| column.name)
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

    /// The file as one block.
    fn open(bytes: &[u8], limits: Limits) -> Result<(Table, Block), FormatError> {
        let size = u64::try_from(bytes.len()).unwrap();
        let mut blocks = Blocks::new(bytes, 1 << 20, limits);
        Table::open(&mut blocks, size, &LAYOUT, limits)
    }

    /// Every row as `line id|amount|memo` or `line! column value code`, then the error if any.
    fn rows(bytes: &[u8]) -> Vec<String> {
        let limits = Limits {
            cell_bytes: 40,
            ..Limits::TEXT
        };
        let (table, block) = match open(bytes, limits) {
            Ok(open) => open,
            Err(error) => return vec![error.to_string()],
        };
        let (id, amount, memo) = (
            table.column("id"),
            table.column("amount"),
            table.column("memo"),
        );
        let mut out = Vec::new();
        let mut rows = table.rows(&block);
        while let Some(line) = rows.next_line() {
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
        if let Some(line) = rows.unclosed() {
            out.push(FormatError::UnclosedQuote { line }.to_string());
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
        let blank = "\n".repeat(3 << 20);
        check(&format!("{blank}id,amount\nA,1\n"), &["3145730 A|1|"]);
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
        // the limit is of the bytes that came, not of the marks that stand for bad ones
        let bad = [b"id,amount,x\nA,1,".as_slice(), &[0xf4; 30], b"\n"].concat();
        check(&bad, &["2 A|1|"]);
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
        let (table, block) = open(bytes, Limits::TEXT).unwrap();
        let mut rows = table.rows(&block);
        let Some(Line::Spoiled(row)) = rows.next_line() else {
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
        let table = open(b"id;amount\nA;1\n", Limits::TEXT);
        let Err(FormatError::MissingColumns { separator, .. }) = table else {
            panic!("the columns are missing")
        };
        assert_eq!(separator, Some(';'));
        let small = Limits {
            file_bytes: 3,
            ..Limits::TEXT
        };
        let table = open(b"id,amount", small);
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
