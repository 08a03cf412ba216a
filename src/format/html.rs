//! PURE: tables of HTML pages, which banks send under the name `.xls`. Only rows and cells count;
//! what is no tag of a table is passed over, so that a page of any kind is read or is no table.

mod names;

use super::FormatError;
use super::limits::COLUMNS_MAX;
use super::sniff::GridRow;
use super::tables::End;
use names::unescaped;

/// True for a page: a tag of HTML near its beginning.
pub fn is_page(text: &str) -> bool {
    let head = text.get(..2048).unwrap_or(text).to_ascii_lowercase();
    let starts = head
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<');
    starts
        && ["<html", "<table", "<!doctype html", "<body"]
            .iter()
            .any(|tag| head.contains(tag))
}

/// The rows of all tables, one after the other, and where the page ends; a row's line is where its
/// tag stands, or its number among all rows where several stand on one line.
///
/// # Errors
/// More columns or cells than any statement has.
pub fn rows(text: &str, cells_max: usize) -> Result<(Vec<GridRow>, End), FormatError> {
    let mut page = Page {
        cells_max,
        ..Page::default()
    };
    let (mut rest, mut line) = (text, 1_u64);
    while let Some((before, after)) = rest.split_once('<') {
        page.text(before);
        line += ends(before);
        let skipped = if let Some(comment) = after.strip_prefix("!--") {
            comment.find("-->").map(|at| at + "!--".len() + "-->".len())
        } else {
            after.find('>').map(|at| at + 1)
        };
        let Some((tag, next)) = skipped.and_then(|at| after.split_at_checked(at)) else {
            break;
        };
        page.tag(tag.trim_end_matches('>'), line);
        if page.is_too_wide() {
            return Err(FormatError::TooWide { line });
        }
        line += ends(tag);
        rest = next;
        // what stands in a script or style is no text
        for raw in ["script", "style"] {
            if name_of(tag) == raw {
                let end = end_of(rest, raw).unwrap_or(rest.len());
                let (passed, next) = rest.split_at(end);
                line += ends(passed);
                rest = next;
            }
        }
    }
    let end = match (&page.row, page.open) {
        (Some(_), _) => End::InRow,
        (None, 0) => End::Whole,
        (None, _) => End::InTable,
    };
    page.end_row();
    if page
        .rows
        .windows(2)
        .any(|pair| pair[0].line == pair[1].line)
    {
        for (row, number) in page.rows.iter_mut().zip(&page.numbers) {
            row.line = *number;
        }
    }
    Ok((page.rows, end))
}

/// Where the tag that ends `name` begins, in small or capital letters.
fn end_of(text: &str, name: &str) -> Option<usize> {
    let mut tags = text.match_indices("</").map(|(at, _)| at);
    tags.find(|at| {
        let behind = text.as_bytes().get(at + 2..at + 2 + name.len());
        behind.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    })
}

fn ends(text: &str) -> u64 {
    text.bytes().map(|b| u64::from(b == b'\n')).sum()
}

fn name_of(tag: &str) -> String {
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    let end = end.filter(|at| *at > 0).unwrap_or(tag.len());
    tag[..end].to_ascii_lowercase()
}

#[derive(Default)]
struct Page {
    rows: Vec<GridRow>,
    row: Option<GridRow>,
    /// The cell that is open, and how many columns and rows it covers.
    cell: Option<(String, usize, usize)>,
    /// How many rows further down each column is covered by a cell above, and the date in it.
    down: Vec<(usize, Box<str>)>,
    /// Rows so far, and which of them each of `rows` is.
    count: u64,
    numbers: Vec<u64>,
    /// Cells so far, and how many there may be.
    cells: usize,
    cells_max: usize,
    /// Tables that are open.
    open: usize,
}

/// A cell covers at most so many columns, and so many rows.
const SPAN_MAX: [usize; 2] = [64, 1_000];

impl Page {
    fn text(&mut self, text: &str) {
        if let Some((cell, ..)) = &mut self.cell {
            cell.push_str(&unescaped(text));
        }
    }

    fn tag(&mut self, tag: &str, line: u64) {
        match name_of(tag).as_str() {
            "tr" => {
                self.end_row();
                self.count += 1;
                let cells = Vec::new();
                self.row = Some(GridRow { line, cells });
            }
            "td" | "th" => {
                self.end_cell();
                let [right, down] = [span(tag, "colspan"), span(tag, "rowspan")];
                let [right_max, down_max] = SPAN_MAX;
                self.cell = Some((String::new(), right.min(right_max), down.min(down_max)));
            }
            "table" => {
                self.down.clear();
                self.open += 1;
            }
            "br" | "br/" | "p" | "div" => self.text(" "),
            _ if tag.starts_with('/') => match tag[1..].trim().to_ascii_lowercase().as_str() {
                "td" | "th" => self.end_cell(),
                "tr" => self.end_row(),
                "table" => {
                    self.end_row();
                    self.open = self.open.saturating_sub(1);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let Some((text, right, down)) = self.cell.take() else {
            return;
        };
        self.covered();
        let Some(row) = &mut self.row else { return };
        let words: Vec<&str> = text.split_whitespace().collect();
        self.cells += right;
        let at = row.cells.len();
        let text = words.join(" ");
        let date: Box<str> = if is_date(&text) { text.as_str() } else { "" }.into();
        row.cells.push(text.into());
        row.cells.extend((1..right).map(|_| "".into()));
        if self.down.len() < row.cells.len() {
            self.down.resize(row.cells.len(), (0, "".into()));
        }
        for (covered, below) in self.down.iter_mut().skip(at).take(right) {
            *covered = down - 1;
            below.clone_from(&date);
        }
    }

    /// Leaves the next columns empty that a cell above covers; a date is that of each of its rows.
    /// (An amount is not: it is there once.)
    fn covered(&mut self) {
        let Some(row) = &mut self.row else { return };
        while let Some((left, date)) = self.down.get_mut(row.cells.len())
            && *left > 0
        {
            *left -= 1;
            row.cells.push(date.clone());
            self.cells += 1;
        }
    }

    fn is_too_wide(&self) -> bool {
        let width = self.row.as_ref().map_or(0, |row| row.cells.len());
        width > COLUMNS_MAX || self.cells > self.cells_max
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.covered();
        let row = self.row.take();
        let width = row.as_ref().map_or(usize::MAX, |row| row.cells.len());
        for (left, _) in self.down.iter_mut().skip(width) {
            *left = left.saturating_sub(1);
        }
        let told = |row: &GridRow| row.cells.iter().any(|cell| !cell.is_empty());
        if let Some(row) = row.filter(told) {
            self.rows.push(row);
            self.numbers.push(self.count);
        }
    }
}

/// True for a cell that begins with a date: `05/12/2022`, `2022-12-05 08:30`.
fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let digits = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let short = 1..=2;
    let dated = match lengths[..] {
        [4, month, day] | [day, month, 4] => short.contains(&month) && short.contains(&day),
        _ => false,
    };
    dated && parts.iter().all(digits)
}

/// `colspan="2"`.
fn span(tag: &str, name: &str) -> usize {
    let lower = tag.to_ascii_lowercase();
    let told = lower.split_once(name).map(|(_, rest)| rest);
    let told = told.map(|rest| rest.trim_start_matches([' ', '=', '"', '\'']));
    let digits = told.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    let number = digits.and_then(|digits| digits.parse().ok());
    number.unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::limits::CELLS_MAX;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_its_rows() {
        let text = "<HTML><head><style>td{a:b}</style></head>\n<table border=1>\n<tr><th colspan=\"2\">Sao k&#234;</th>\n\
            <TR class=x><td>Ng&agrave;y&nbspgi&#7901; &copia;<td>a &amp; b<br>c&nbsp;</tr>\n<!-- <td>no</td> --><tr><td></td></tr></table>";
        assert!(is_page(text));
        let (found, end) = rows(text, CELLS_MAX).unwrap();
        assert_eq!(end, End::Whole);
        let rows: Vec<(u64, String)> = found
            .iter()
            .map(|row| (row.line, row.cells.join("|")))
            .collect();
        assert_eq!(
            rows,
            [
                (3, "Sao kê|".into()),
                (4, "Ngày giờ &copia;|a & b c".into())
            ]
        );
        assert!(!is_page("Ngày;Số tiền\n"));
        assert!(!is_page("<?xml version=\"1.0\"?><Document/>"));
    }

    #[test]
    fn a_cell_covers_the_rows_below_it() {
        let text = "<table><tr><th rowspan=2>STT<th rowspan=\"2\">Ngày<th colspan=2>Số tiền<th rowspan=2>Mô tả</tr>\
            <tr><th>Nợ<th>Có</tr><tr><td>1<td>05/12/2022<td><td>5<td>x</tr></table>\
            <table><tr><td>a<td>b</tr></table>";
        let rows: Vec<String> = rows(text, CELLS_MAX)
            .unwrap()
            .0
            .iter()
            .map(|row| row.cells.join("|"))
            .collect();
        let expected = [
            "STT|Ngày|Số tiền||Mô tả",
            "||Nợ|Có|",
            "1|05/12/2022||5|x",
            "a|b",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn rows_on_one_line_are_told_by_their_numbers() {
        let text = "<table><tr><th>Ngày<th>Số tiền<th>Mô tả</tr><tr></tr>\
            <tr><td rowspan=3>05/12/2022<td rowspan=2>5.000<td>a</tr><tr><td>b</tr><tr><td>7<td>c</tr>\
            <tr><td>06/12/2022<td>8<td>d</tr></table>";
        let found = rows(text, CELLS_MAX).unwrap().0;
        let found: Vec<(u64, String)> = found
            .iter()
            .map(|row| (row.line, row.cells.join("|")))
            .collect();
        let expected = [
            (1, "Ngày|Số tiền|Mô tả"),
            (3, "05/12/2022|5.000|a"),
            (4, "05/12/2022||b"),
            (5, "05/12/2022|7|c"),
            (6, "06/12/2022|8|d"),
        ];
        assert_eq!(
            found,
            expected.map(|(line, cells)| (line, cells.to_owned()))
        );
    }

    #[test]
    fn a_page_that_is_cut_tells_where() {
        let whole = "<html><table><tr><td>a</td><td>b</td></tr></table></html>";
        for (at, expected) in [
            ("</html>", End::Whole),
            ("</table>", End::InTable),
            ("</tr>", End::InRow),
            ("b</td>", End::InRow),
            ("><td>b", End::InRow),
        ] {
            let (_, end) = rows(&whole[..whole.find(at).unwrap()], CELLS_MAX).unwrap();
            assert_eq!(end, expected, "{at}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_passed_over_without_a_panic(text in "[<>/a-t \"'=&;#!0-9é-]{0,120}") {
            let _ = rows(&format!("<table>{text}"), CELLS_MAX);
        }
    }
}
