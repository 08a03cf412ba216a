//! PURE: a stream of bytes -> blocks that each end with a record, so that blocks can be read apart.
//! A file that stands on disk is never held as a whole.

use std::io::{self, Read};

use super::spoiled::ends_in_quote;
use super::{FormatError, Limits};

/// What a file holds, wherever it stands.
pub trait Content: Sync {
    /// Its size in bytes, and the bytes.
    fn open(&self) -> io::Result<(u64, Box<dyn Read + Send + '_>)>;
}

impl Content for &[u8] {
    fn open(&self) -> io::Result<(u64, Box<dyn Read + Send + '_>)> {
        let size = u64::try_from(self.len()).unwrap_or(u64::MAX);
        Ok((size, Box::new(*self)))
    }
}

impl Content for &dyn Content {
    fn open(&self) -> io::Result<(u64, Box<dyn Read + Send + '_>)> {
        (**self).open()
    }
}

/// Bytes of a usual block: its text and its rows stay in the cache of a core.
pub const BLOCK: usize = 1 << 18;

/// Some whole records of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The records.
    pub bytes: Vec<u8>,
    /// The line at which they begin, the first of a file is 1.
    pub line: u64,
    /// True when the file ends here.
    pub last: bool,
}

/// Cuts a file into blocks.
pub struct Blocks<'a> {
    source: Box<dyn Read + Send + 'a>,
    /// The beginning of the record in which the last block ended.
    carry: Vec<u8>,
    size: usize,
    limits: Limits,
    /// Between cells.
    delimiter: u8,
    /// Bytes read so far: a pipe tells no size beforehand.
    read: u64,
    line: u64,
    ended: bool,
}

impl<'a> Blocks<'a> {
    /// Blocks of `size` bytes; longer where a record is.
    pub fn new(source: impl Read + Send + 'a, size: usize, limits: Limits) -> Self {
        Self {
            limits,
            read: 0,
            source: Box::new(source),
            carry: Vec::new(),
            size: size.max(1),
            delimiter: b',',
            line: 1,
            ended: false,
        }
    }

    /// The same for cells that something else than a comma stands between.
    pub fn cells_by(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// The next block, written over `room`; none behind the last. An error where the file or a
    /// record is larger than the limits allow.
    pub fn next(&mut self, room: Vec<u8>) -> Result<Option<Block>, FormatError> {
        if self.ended {
            return Ok(None);
        }
        let mut bytes = room;
        bytes.clear();
        bytes.append(&mut self.carry);
        let mut wanted = self.size;
        loop {
            self.fill(&mut bytes, wanted)?;
            if self.ended {
                break;
            }
            if let Some(end) = last_end(&bytes, self.delimiter) {
                self.carry.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                break;
            }
            if bytes.len() > self.limits.record_bytes {
                return Err(self.endless(&bytes));
            }
            wanted = wanted.saturating_mul(2);
        }
        let line = self.line;
        self.line += line_ends(&bytes);
        Ok(Some(Block {
            bytes,
            line,
            last: self.ended,
        }))
    }

    /// What is wrong with a record that does not end.
    fn endless(&self, record: &[u8]) -> FormatError {
        let (line, limit) = (self.line, self.limits.record_bytes);
        if ends_in_quote(record, self.delimiter) {
            FormatError::UnclosedQuote { line }
        } else {
            FormatError::RecordTooLarge { line, limit }
        }
    }

    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<(), FormatError> {
        let more = wanted.saturating_sub(bytes.len());
        bytes.reserve(more);
        let limit = u64::try_from(more).unwrap_or(u64::MAX);
        let read = self.source.by_ref().take(limit).read_to_end(bytes)?;
        self.ended = read < more;
        self.read += u64::try_from(read).unwrap_or(u64::MAX);
        let limit = self.limits.file_bytes;
        if self.read > limit {
            let bytes = self.read;
            return Err(FormatError::TooLarge { bytes, limit });
        }
        Ok(())
    }
}

/// The end of the last whole record.
fn last_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let (mut end, mut from) = (None, 0);
    while let Some(quote) = memchr::memchr(b'"', &bytes[from..]) {
        let quote = from + quote;
        end = line_end(bytes, from, quote).or(end);
        let behind = if opens(bytes, quote, delimiter) {
            closing(bytes, quote)
        } else {
            Some(quote)
        };
        let Some(behind) = behind else { return end };
        from = behind + 1;
    }
    line_end(bytes, from, bytes.len()).or(end)
}

/// Behind the last line end in a part. A CR alone is one, too, where another byte follows.
fn line_end(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let part = bytes.get(from..to)?;
    let found = memchr::memrchr(b'\n', part).or_else(|| {
        let known = part.get(..part.len().saturating_sub(1))?;
        memchr::memrchr(b'\r', known)
    });
    found.map(|at| from + at + 1)
}

/// True when the quote at this place opens a quoted cell.
pub(super) fn opens(bytes: &[u8], quote: usize, delimiter: u8) -> bool {
    let before = quote.checked_sub(1).and_then(|at| bytes.get(at));
    let begins = |before: &u8| *before == delimiter || matches!(before, b'\n' | b'\r');
    before.is_none_or(begins)
}

/// The quote that closes the cell opened at `open`.
pub(super) fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut from = open + 1;
    loop {
        let quote = from + memchr::memchr(b'"', bytes.get(from..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// How many lines end in a text: at LF, at CR LF, and at CR alone.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let alone = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n'));
    u64::try_from(feeds + alone.count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, size: usize, expected: &[(&str, u64)]) {
        let mut blocks = Blocks::new(text.as_bytes(), size, Limits::TEXT);
        let mut found = Vec::new();
        while let Some(block) = blocks.next(Vec::new()).unwrap() {
            found.push((String::from_utf8(block.bytes).unwrap(), block.line));
        }
        let expected: Vec<(String, u64)> = expected
            .iter()
            .map(|(text, line)| ((*text).to_owned(), *line))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn a_block_ends_with_a_record() {
        check("", 4, &[("", 1)]);
        check("a\nbb\nc", 3, &[("a\n", 1), ("bb\n", 2), ("c", 3)]);
        check("a\r\n\r\nb\rc", 100, &[("a\r\n\r\nb\rc", 1)]);
        check(
            "a\r\n\r\nb\rc\nde",
            6,
            &[("a\r\n\r\n", 1), ("b\rc\n", 3), ("de", 5)],
        );
        check(
            "abcdefgh\nijklmnopqrstuvw",
            2,
            &[("abcdefgh\n", 1), ("ijklmnopqrstuvw", 2)],
        );
    }

    #[test]
    fn a_line_feed_in_quotes_ends_no_record() {
        check(
            "a\n\"b\nc\"\nd\n",
            6,
            &[("a\n", 1), ("\"b\nc\"\n", 2), ("d\n", 4)],
        );
        check(
            "\"b\"\"\nc\"\nd\nefg",
            6,
            &[("\"b\"\"\nc\"\nd\n", 1), ("efg", 4)],
        );
        check("a\"\nb\"\nc", 3, &[("a\"\n", 1), ("b\"\n", 2), ("c", 3)]);
        check("a\n\"b\nc\nd\n", 4, &[("a\n", 1), ("\"b\nc\nd\n", 2)]);
    }

    #[test]
    fn a_return_alone_ends_a_record_where_no_line_feed_does() {
        check("a\rbb\rcc", 4, &[("a\r", 1), ("bb\r", 2), ("cc", 3)]);
        // the CR at the end of a read may be half a line end
        check("ab\r\ncd\r\n", 3, &[("ab\r\n", 1), ("cd\r\n", 2)]);
        check("\"a\rb\"\rc", 7, &[("\"a\rb\"\r", 1), ("c", 3)]);
    }

    #[test]
    fn what_does_not_end_is_refused_before_it_fills_the_memory() {
        let limits = Limits {
            file_bytes: 100,
            record_bytes: 20,
            ..Limits::TEXT
        };
        let check = |text: &str, expected: &str| {
            let mut blocks = Blocks::new(text.as_bytes(), 4, limits);
            let error = loop {
                match blocks.next(Vec::new()) {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("all of {text:?} was read"),
                    Err(error) => break error.to_string(),
                }
            };
            assert_eq!(error, expected);
        };
        let long = "x".repeat(60);
        check(
            &format!("a\nb{long}"),
            "the row that begins in line 2 has more than 20 bytes",
        );
        check(
            &format!("a\nb\nc,\"{long}"),
            "the quote opened in line 3 is never closed",
        );
        check(
            &"abc\n".repeat(40),
            "the file has 104 bytes, more than the 100 allowed",
        );
    }
}
