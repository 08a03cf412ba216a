//! A CSV table being written (RFC 4180, LF): cells go straight into one buffer.

use std::io::{self, Write};

use super::Style;
use crate::domain::Lang;
use crate::report::escape::{is_hidden, visible};

/// Bytes that are gathered before they are written.
const BATCH: usize = 256 << 10;

/// The table: guard and mark by style.
pub(super) struct Table<W: Write> {
    to: W,
    batch: Vec<u8>,
    row_begins: bool,
    style: Style,
}

impl<W: Write> Table<W> {
    /// Writes mark and header.
    pub(super) fn new(to: W, style: Style, header: &[&str]) -> io::Result<Self> {
        let mut table = Self {
            to,
            batch: Vec::with_capacity(BATCH + (4 << 10)),
            row_begins: true,
            style,
        };
        if style.spreadsheet {
            table.batch.extend_from_slice("\u{feff}".as_bytes());
        }
        for name in header {
            table.number(name);
        }
        table.end_row()?;
        Ok(table)
    }

    /// The language of sentences.
    pub(super) fn lang(&self) -> Lang {
        self.style.lang
    }

    /// A cell of free text or an identifier. For a spreadsheet program what cannot be seen, or
    /// turns the reading direction, is shown as on the page: `‹U+202E›`.
    pub(super) fn text(&mut self, text: &str) {
        if !self.style.spreadsheet {
            return self.cell("", text.as_bytes());
        }
        let guard = if is_formula(text) { "'" } else { "" };
        if text.chars().any(is_hidden) {
            self.cell(guard, visible(text).as_bytes());
        } else {
            self.cell(guard, text.as_bytes());
        }
    }

    /// A number or word we made ourselves: never guarded, so that -150000 stays a number.
    pub(super) fn number(&mut self, digits: &str) {
        self.cell("", digits.as_bytes());
    }

    /// An identifier as it stands in a row: a text, of which the bytes are at hand.
    pub(super) fn id(&mut self, id: &[u8]) {
        if self.style.spreadsheet {
            return self.text(str::from_utf8(id).unwrap_or_default());
        }
        self.cell("", id);
    }

    /// A whole number.
    pub(super) fn whole(&mut self, number: i64) {
        self.separate();
        let mut digits = [0; 20];
        let (mut first, mut rest) = (digits.len(), number.unsigned_abs());
        while rest > 0 || first == digits.len() {
            first -= 1;
            digits[first] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        if number < 0 {
            self.batch.push(b'-');
        }
        self.batch.extend_from_slice(&digits[first..]);
    }

    fn separate(&mut self) {
        if !self.row_begins {
            self.batch.push(b',');
        }
        self.row_begins = false;
    }

    fn cell(&mut self, guard: &str, text: &[u8]) {
        self.separate();
        let special = |byte: u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
        // looked at without stopping, many bytes at once
        if !text.iter().fold(false, |any, byte| any | special(*byte)) {
            self.batch.extend_from_slice(guard.as_bytes());
            self.batch.extend_from_slice(text);
            return;
        }
        self.batch.push(b'"');
        self.batch.extend_from_slice(guard.as_bytes());
        for byte in text {
            if *byte == b'"' {
                self.batch.push(b'"');
            }
            self.batch.push(*byte);
        }
        self.batch.push(b'"');
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.batch.push(b'\n');
        self.row_begins = true;
        if self.batch.len() >= BATCH {
            self.to.write_all(&self.batch)?;
            self.batch.clear();
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.to.write_all(&self.batch)?;
        self.to.flush()
    }
}

/// True when a spreadsheet program may read the text as a formula or a command: it begins with
/// `=`, `+`, `-`, `@`, tab, CR, LF or NUL, or with their full-width forms.
pub fn is_formula(text: &str) -> bool {
    text.chars().next().is_some_and(|first| {
        matches!(
            first,
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\0'
                | '＝'
                | '＋'
                | '－'
                | '＠'
                | '﹢'
                | '﹣'
                | '﹦'
                | '﹫'
        )
    })
}
