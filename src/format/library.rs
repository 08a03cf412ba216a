//! PURE: the records of any bytes, cut by the `csv` crate: text with CR alone at the end of a line,
//! bytes that are not UTF-8, and a quoted cell that is never closed.

use csv::{ByteRecord, StringRecord};

use super::csv::{Table, reader};
use super::lines::Lines;
use super::row::{Cells, Line};
use super::spoiled::{Spoiled, ends_in_quote, spoiled};
use crate::domain::RejectCode;

/// Cuts records.
pub(super) struct Library<'b> {
    bytes: &'b [u8],
    reader: csv::Reader<&'b [u8]>,
    record: Option<StringRecord>,
    ends: Vec<usize>,
    lines: Lines<'b>,
    /// The line of a record that ends inside a quoted cell.
    pub(super) unclosed: Option<u64>,
}

impl<'b> Library<'b> {
    /// From the beginning of a record, which stands in this line.
    pub(super) fn new(bytes: &'b [u8], line: u64) -> Self {
        Self {
            bytes,
            reader: reader(bytes, b','),
            record: None,
            ends: Vec::new(),
            lines: Lines::new(bytes, line),
            unclosed: None,
        }
    }

    /// The next record with its line.
    pub(super) fn next<'r>(&'r mut self, table: &'r Table) -> Option<Line<'r>> {
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
        let (record, is_text) = match StringRecord::from_byte_record(bytes) {
            Ok(record) => (record, true),
            Err(error) => match text_of(error.into_byte_record(), table, line) {
                Ok(record) => (record, false),
                Err(spoiled) => return Some(Line::Spoiled(spoiled)),
            },
        };
        self.ends.clear();
        for cell in &record {
            let before = self.ends.last().copied().unwrap_or(0);
            self.ends.push(before + cell.len());
        }
        let cells = Cells {
            text: self.record.insert(record).as_slice(),
            start: 0,
            ends: &self.ends,
            gap: 0,
        };
        // what is no text was measured before marks stood for its bad bytes
        Some(if is_text {
            table.line(cells, line)
        } else {
            table.row(cells, line)
        })
    }

    /// True when the reader has consumed every byte.
    fn at_end(&self) -> bool {
        let byte = self.reader.position().byte();
        usize::try_from(byte).is_ok_and(|byte| byte >= self.bytes.len())
    }
}

/// A record that is not UTF-8, if no known cell is at fault: bytes in unknown columns do not
/// matter.
fn text_of(bytes: ByteRecord, table: &Table, line: u64) -> Result<StringRecord, Spoiled> {
    if let Some(spoiled) = table.misshapen(bytes.len(), line, || bytes.iter()) {
        return Err(spoiled);
    }
    if let Some(spoiled) = table.too_large(line, || bytes.iter()) {
        return Err(spoiled);
    }
    let columns = &table.columns;
    let cell = |at: Option<usize>| at.and_then(|at| bytes.get(at));
    let text = |at: Option<usize>| str::from_utf8(cell(at)?).ok();
    let bad = columns
        .iter()
        .find(|c| cell(c.at).is_some() && text(c.at).is_none());
    let Some(bad) = bad else {
        return Ok(StringRecord::from_byte_record_lossy(bytes));
    };
    let value = cell(bad.at).unwrap_or_default();
    let mut row = spoiled(line, RejectCode::NotUtf8, bad.name, value, bytes.iter());
    row.cells = columns
        .iter()
        .filter_map(|column| Some((column.name, text(column.at)?.into())))
        .collect();
    Err(row)
}
