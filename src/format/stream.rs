//! PURE: reading a stream of text piece by piece, however long it or one of its pieces is.

use std::io::{self, BufRead, Read};

use super::encoding::text_head;
use super::{FormatError, XmlFault};

/// Of a longer line only so much is looked at: no field of the standards is as long.
const LINE_MAX: u64 = 64 << 10;
/// A longer piece of XML (a tag, a text, a comment) is no message of a bank.
const PIECE_MAX: usize = 1 << 20;

/// Calls with every line and its number, the first is 1. Line ends and a mark at the beginning are
/// taken off.
pub(super) fn each_line(
    content: &mut dyn BufRead,
    mut take: impl FnMut(u64, &str),
) -> Result<(), FormatError> {
    let mut room = Vec::new();
    let mut number = 0;
    loop {
        room.clear();
        let read = content.take(LINE_MAX).read_until(b'\n', &mut room)?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        if room.last() != Some(&b'\n') {
            pass_line(content)?;
            // a letter may be cut in two
            let whole = text_head(&room).len();
            room.truncate(whole);
        }
        let line = str::from_utf8(&room).map_err(|_| FormatError::NotUtf8 {
            found: "another encoding",
        })?;
        let line = if number == 1 {
            line.trim_start_matches('\u{feff}')
        } else {
            line
        };
        take(number, line.trim_end_matches(['\n', '\r']));
    }
}

/// Passes over the rest of a line.
fn pass_line(content: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = content.fill_buf()?;
        let Some(end) = buffer.iter().position(|byte| *byte == b'\n') else {
            let passed = buffer.len();
            if passed == 0 {
                return Ok(());
            }
            content.consume(passed);
            continue;
        };
        content.consume(end + 1);
        return Ok(());
    }
}

/// A stream that counts its lines and ends where one piece grows beyond all measure.
pub(super) struct Watched<'c> {
    content: &'c mut dyn BufRead,
    /// Read since the piece began.
    piece: usize,
    line: u64,
}

impl<'c> Watched<'c> {
    pub(super) fn new(content: &'c mut dyn BufRead) -> Self {
        Self {
            content,
            piece: 0,
            line: 1,
        }
    }

    /// A piece begins here; tells the line.
    pub(super) fn next_piece(&mut self) -> u64 {
        self.piece = 0;
        self.line
    }

    /// What an error of the stream means for the piece that began in `line`.
    pub(super) fn fault(error: &io::Error, line: u64) -> FormatError {
        if error.kind() == io::ErrorKind::FileTooLarge {
            let what = XmlFault::Long;
            return FormatError::BadXml { line, what };
        }
        let why = error.to_string().into();
        FormatError::Unreadable { why }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Watched<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > PIECE_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.content.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.content.fill_buf() {
            let passed = buffer.get(..amount).unwrap_or(buffer);
            let ends = memchr::memchr_iter(b'\n', passed).count();
            self.line += u64::try_from(ends).unwrap_or(0);
        }
        self.piece += amount;
        self.content.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_any_length_pass() {
        let long = "x".repeat(200_000);
        let text = format!("\u{feff}a\r\n{long}\n\nb");
        let mut said = Vec::new();
        each_line(&mut text.as_bytes(), |n, line| said.push((n, line.len()))).unwrap();
        assert_eq!(said, [(1, 1), (2, 64 << 10), (3, 0), (4, 1)]);
        let bad = each_line(&mut &b"a\n\xff\n"[..], |_, _| {});
        assert!(matches!(bad, Err(FormatError::NotUtf8 { .. })), "{bad:?}");
    }
}
