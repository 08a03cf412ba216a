//! PURE: at which line a place in a text stands, as an editor shows it.

/// Counts line ends up to places that only move forward.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    /// The last place asked for.
    pub(super) at: usize,
    /// Its line, the first is 1.
    pub(super) line: u64,
}

impl<'a> Lines<'a> {
    /// At the beginning, which stands in this line.
    pub(super) fn new(bytes: &'a [u8], line: u64) -> Self {
        Self { bytes, at: 0, line }
    }

    /// The line of the record that the reader says begins at `start`. The reader's own count is off
    /// where blank lines or the second half of a CR LF stand before the record.
    pub(super) fn of_record(&mut self, record: &csv::ByteRecord) -> u64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let mut start = usize::try_from(start).unwrap_or(self.bytes.len());
        while matches!(self.bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let passed = self.bytes.get(self.at..start).unwrap_or_default();
        let mut ends = count(passed, b'\n');
        if passed.contains(&b'\r') {
            // a CR alone ends a line, too
            let crlf = passed.windows(2).filter(|pair| pair == b"\r\n").count();
            ends += count(passed, b'\r') - u64::try_from(crlf).unwrap_or(0);
        }
        self.at = start;
        self.line += ends;
        self.line
    }

    /// The text from the last place on.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

/// How often a byte occurs.
fn count(bytes: &[u8], byte: u8) -> u64 {
    bytes.iter().map(|b| u64::from(*b == byte)).sum()
}
