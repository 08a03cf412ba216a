//! PURE: text tables that others made: which separator, which cells. Nothing is judged here.

use super::csv::reader;
use super::encoding::text_of;
use super::limits::COLUMNS_MAX;
use super::lines::Lines;
use super::spoiled::ends_in_quote;
use super::{FormatError, Limits};

/// The rows of a foreign text table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// `,`, `;`, a tab or `|`.
    pub delimiter: char,
    /// Every row that is not blank.
    pub rows: Vec<GridRow>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridRow {
    /// The line in the file on which it begins, the first is 1.
    pub line: u64,
    /// Its cells, blanks around them dropped.
    pub cells: Vec<Box<str>>,
}

impl GridRow {
    /// A cell, empty beyond the end.
    pub fn get(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| cell)
    }
}

/// Cuts UTF-8 text into cells. `delimiter` overrides what the text suggests.
pub fn read_grid(
    bytes: &[u8],
    delimiter: Option<char>,
    limits: Limits,
    cells_max: usize,
) -> Result<Grid, FormatError> {
    let bytes = text_of(bytes, limits)?;
    let text = str::from_utf8(bytes).map_err(|_| FormatError::NotUtf8 {
        found: "another encoding",
    })?;
    let delimiter = delimiter.unwrap_or_else(|| delimiter_of(text));
    let byte = u8::try_from(delimiter).unwrap_or(b',');
    let mut table = reader(bytes, byte);
    let mut record = csv::ByteRecord::new();
    let mut rows = Vec::new();
    let mut lines = Lines::new(bytes, 1);
    let mut held = 0;
    while table.read_byte_record(&mut record).unwrap_or(false) {
        let line = lines.of_record(&record);
        held += record.len();
        if held > cells_max {
            return Err(FormatError::TooWide { line });
        }
        rows.extend(row_of(&record, line)?);
    }
    if ends_in_quote(lines.rest(), byte) {
        return Err(FormatError::UnclosedQuote { line: lines.line });
    }
    Ok(Grid { delimiter, rows })
}

/// A record as a row; none where it is blank.
pub(super) fn row_of(record: &csv::ByteRecord, line: u64) -> Result<Option<GridRow>, FormatError> {
    if record.len() > COLUMNS_MAX {
        return Err(FormatError::TooWide { line });
    }
    let cells: Vec<Box<str>> = record
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().into())
        .collect();
    let filled = cells.iter().any(|cell| !cell.is_empty());
    Ok(filled.then_some(GridRow { line, cells }))
}

/// The separator that cuts the first rows into the most columns most steadily: the one for which
/// the largest number of rows share a width above one, then the widest.
pub(super) fn delimiter_of(text: &str) -> char {
    let score = |delimiter: char| {
        let mut widths: Vec<usize> = Vec::new();
        let byte = u8::try_from(delimiter).unwrap_or(b',');
        let head_end = text
            .char_indices()
            .nth(64 << 10)
            .map_or(text.len(), |(at, _)| at);
        let mut table = reader(&text.as_bytes()[..head_end], byte);
        let mut record = csv::ByteRecord::new();
        while widths.len() < 60 && table.read_byte_record(&mut record).unwrap_or(false) {
            widths.push(record.len());
        }
        widths.retain(|width| *width > 1);
        widths.sort_unstable();
        let groups = widths.chunk_by(|a, b| a == b);
        groups.map(|same| (same.len() * same[0], same[0])).max()
    };
    let candidates = [',', ';', '\t', '|'].into_iter();
    let scored = candidates.map(|delimiter| (score(delimiter), delimiter));
    // of equal scores the first candidate wins
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or(',', |(_, delimiter)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::super::limits::CELLS_MAX;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_separator_is_found() {
        let check = |text: &str, delimiter: char| {
            let grid = read_grid(text.as_bytes(), None, Limits::TEXT, CELLS_MAX).unwrap();
            assert_eq!(grid.delimiter, delimiter, "{text:?}");
        };
        check("a,b\n1,2\n", ',');
        check("a;b;c\n1;2,5;3\n1;2,5;3\n", ';');
        check("a\tb\n1,5\t2\n", '\t');
        check("a|b|c\nx, y|2|3\n", '|');
        check("one column\n", ',');
        check(
            "SAO KÊ, tháng 12\n\nNgày;Nợ;Có\n01/12/2022;1,5;\n02/12/2022;;2,5\n",
            ';',
        );
        check("\"a;b\",\"c;d\"\n\"1;2\",3\n", ',');
    }

    #[test]
    fn rows_keep_their_line() {
        let grid = read_grid(
            b"\xef\xbb\xbfa,b\r\n\r\n ,\r\n\"x\ny\", z \r\nq\r\n",
            None,
            Limits::TEXT,
            CELLS_MAX,
        );
        let rows: Vec<(u64, String)> = grid
            .unwrap()
            .rows
            .iter()
            .map(|row| (row.line, row.cells.join("|")))
            .collect();
        assert_eq!(
            rows,
            [(1, "a|b".into()), (4, "x\ny|z".into()), (6, "q".into())]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = read_grid(&bytes, None, Limits::TEXT, CELLS_MAX);
        }
    }
}
