//! PURE: the records of a block of plain text, cut in one pass and without a copy. Plain is UTF-8
//! whose lines end with LF or CR LF; a cell in quotes costs a copy of its record.

use memchr::Memchr3;

use super::blocks::{Block, closing, line_ends};
use super::row::Cells;

/// Cuts records.
pub(super) struct Plain<'b> {
    text: &'b str,
    /// Commas, line feeds and quotes from here on.
    marks: Memchr3<'b>,
    marks_from: usize,
    /// Where the next record begins, and the lines that end before.
    at: usize,
    next_line: u64,
    /// The record at hand: the places where its cells end, in the text or in `unquoted`.
    start: usize,
    ends: Vec<usize>,
    unquoted: Option<String>,
    room: String,
    line: u64,
}

/// What stands next.
pub(super) enum Cut<'b> {
    /// A record.
    Record,
    /// Nothing.
    End,
    /// A record with a quoted cell that is never closed.
    Unclosed { rest: &'b [u8], line: u64 },
}

impl<'b> Plain<'b> {
    /// None for a block that is not plain.
    pub(super) fn new(block: &'b Block) -> Option<Self> {
        let bytes = block.bytes.as_slice();
        let text = str::from_utf8(bytes).ok()?;
        let mut returns = memchr::memchr_iter(b'\r', bytes);
        if !returns.all(|at| bytes.get(at + 1) == Some(&b'\n')) {
            return None;
        }
        Some(Self {
            text,
            marks: memchr::memchr3_iter(b',', b'\n', b'"', bytes),
            marks_from: 0,
            at: 0,
            next_line: block.line,
            start: 0,
            ends: Vec::new(),
            unquoted: None,
            room: String::new(),
            line: block.line,
        })
    }

    /// The record that was cut, with its line.
    pub(super) fn record(&self) -> (Cells<'_>, u64) {
        let (text, start) = match &self.unquoted {
            Some(unquoted) => (unquoted.as_str(), 0),
            None => (self.text, self.start),
        };
        let cells = Cells {
            text,
            start,
            ends: &self.ends,
            gap: 1,
        };
        (cells, self.line)
    }

    /// Cuts the next record; blank lines are none.
    pub(super) fn cut(&mut self) -> Cut<'b> {
        if let Some(room) = self.unquoted.take() {
            self.room = room;
        }
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            (self.start, self.line) = (self.at, self.next_line);
            self.ends.clear();
            let mut cell = self.start;
            loop {
                let mark = self.marks.next().map(|mark| self.marks_from + mark);
                let end = mark.unwrap_or(bytes.len());
                match bytes.get(end) {
                    Some(b',') => {
                        self.ends.push(end);
                        cell = end + 1;
                    }
                    Some(b'"') if end == cell => return self.cut_quoted(),
                    Some(b'"') => {}
                    _ => {
                        self.ends.push(end_of_line(bytes, self.start, end));
                        self.at = end + 1;
                        self.next_line += 1;
                        break;
                    }
                }
            }
            if self.ends != [self.start] {
                return Cut::Record;
            }
        }
        Cut::End
    }

    /// Cuts a record with a quoted cell.
    fn cut_quoted(&mut self) -> Cut<'b> {
        let (text, bytes) = (self.text, self.text.as_bytes());
        let mut record = std::mem::take(&mut self.room);
        record.clear();
        self.ends.clear();
        let mut at = self.start;
        let end = loop {
            if bytes.get(at) == Some(&b'"') {
                let Some(close) = closing(bytes, at) else {
                    let (rest, line) = (&bytes[self.start..], self.line);
                    return Cut::Unclosed { rest, line };
                };
                for (place, part) in text[at + 1..close].split("\"\"").enumerate() {
                    record.push_str(if place > 0 { "\"" } else { "" });
                    record.push_str(part);
                }
                at = close + 1;
            }
            let found = memchr::memchr2(b',', b'\n', &bytes[at..]);
            let end = found.map_or(bytes.len(), |found| at + found);
            if bytes.get(end) == Some(&b',') {
                record.push_str(&text[at..end]);
                self.ends.push(record.len());
                record.push(',');
                at = end + 1;
            } else {
                record.push_str(&text[at..end_of_line(bytes, at, end)]);
                self.ends.push(record.len());
                break end;
            }
        };
        self.unquoted = Some(record);
        self.at = bytes.len().min(end + 1);
        self.next_line += line_ends(&bytes[self.start..self.at]);
        self.marks = memchr::memchr3_iter(b',', b'\n', b'"', &bytes[self.at..]);
        self.marks_from = self.at;
        Cut::Record
    }
}

/// The end of a cell before a line end: without the CR of a CR LF.
fn end_of_line(bytes: &[u8], start: usize, end: usize) -> usize {
    let returned = end > start && end < bytes.len() && bytes.get(end - 1) == Some(&b'\r');
    end - usize::from(returned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Limits;
    use crate::format::blocks::Blocks;
    use crate::format::csv::reader;
    use proptest::prelude::*;

    /// The records of a text, block by block, each with its line.
    /// None when a quoted cell is never closed.
    fn cut(text: &str, size: usize) -> Option<Vec<(Vec<String>, u64)>> {
        let mut blocks = Blocks::new(text.as_bytes(), size, Limits::TEXT);
        let mut all = Vec::new();
        while let Some(block) = blocks.next(Vec::new()).unwrap() {
            let mut plain = Plain::new(&block).unwrap();
            loop {
                match plain.cut() {
                    Cut::Record => {}
                    Cut::End => break,
                    Cut::Unclosed { .. } => return None,
                }
                let (cells, line) = plain.record();
                let cells = cells.iter().map(|c| String::from_utf8(c.to_vec()).unwrap());
                all.push((cells.collect(), line));
            }
        }
        Some(all)
    }

    /// The same by the library.
    fn by_library(text: &str) -> Vec<(Vec<String>, u64)> {
        let mut lines = crate::format::lines::Lines::new(text.as_bytes(), 1);
        let mut all = Vec::new();
        let mut reader = reader(text.as_bytes(), b',');
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).unwrap() {
            let cells = record
                .iter()
                .map(|c| String::from_utf8(c.to_vec()).unwrap());
            all.push((cells.collect(), lines.of_record(&record)));
        }
        all
    }

    #[test]
    fn quotes_are_taken_off() {
        let cells = |text| cut(text, 100).unwrap().remove(0).0;
        assert_eq!(cells("a,\"b, \"\"c\"\"\",\n"), ["a", "b, \"c\"", ""]);
        assert_eq!(cells("5\" disc,\"x\"y\"z\r\n"), ["5\" disc", "xy\"z"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn records_are_those_of_the_library(
            parts in prop::collection::vec(
                prop::sample::select(vec!["a", "é", ",", "\"", "\"\"", "\n", "\r\n", "\",\"", "\"\n"]),
                0..24,
            ),
            size in 1..40_usize,
        ) {
            let text = parts.concat();
            if let Some(cut) = cut(&text, size) {
                prop_assert_eq!(cut, by_library(&text), "{:?}", text);
            }
        }
    }
}
