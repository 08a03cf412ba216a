//! PURE: tables of HTML pages, which banks send under the name `.xls`. Only rows and cells count;
//! what is no tag of a table is passed over, so that a page of any kind is read or is no table.

use super::FormatError;
use super::limits::COLUMNS_MAX;
use super::sniff::GridRow;
use super::tables::End;

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
/// tag stands.
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
    /// How many rows further down each column is covered by a cell above.
    down: Vec<usize>,
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
        row.cells.push(words.join(" ").into());
        row.cells.extend((1..right).map(|_| "".into()));
        if self.down.len() < row.cells.len() {
            self.down.resize(row.cells.len(), 0);
        }
        for covered in self.down.iter_mut().skip(at).take(right) {
            *covered = down - 1;
        }
    }

    /// Leaves the next columns empty that a cell above covers.
    fn covered(&mut self) {
        let Some(row) = &mut self.row else { return };
        while let Some(left) = self.down.get_mut(row.cells.len()).filter(|left| **left > 0) {
            *left -= 1;
            row.cells.push("".into());
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
        for left in self.down.iter_mut().skip(width) {
            *left = left.saturating_sub(1);
        }
        self.rows
            .extend(row.filter(|row| row.cells.iter().any(|cell| !cell.is_empty())));
    }
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

/// Characters by name: what Vietnamese needs of the names of HTML, and what stands between words.
/// Letters of Vietnamese that are not among them have numbers.
const NAMES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("minus", '\u{2212}'),
    ("plus", '+'),
    ("plusmn", '±'),
    ("middot", '·'),
    ("hellip", '…'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("ldquo", '\u{201c}'),
    ("rdquo", '\u{201d}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("Agrave", 'À'),
    ("Aacute", 'Á'),
    ("Acirc", 'Â'),
    ("Atilde", 'Ã'),
    ("Egrave", 'È'),
    ("Eacute", 'É'),
    ("Ecirc", 'Ê'),
    ("Igrave", 'Ì'),
    ("Iacute", 'Í'),
    ("Ograve", 'Ò'),
    ("Oacute", 'Ó'),
    ("Ocirc", 'Ô'),
    ("Otilde", 'Õ'),
    ("Ugrave", 'Ù'),
    ("Uacute", 'Ú'),
    ("Yacute", 'Ý'),
    ("ETH", 'Đ'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("igrave", 'ì'),
    ("iacute", 'í'),
    ("ograve", 'ò'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("yacute", 'ý'),
    ("Abreve", 'Ă'),
    ("abreve", 'ă'),
    ("Dstrok", 'Đ'),
    ("dstrok", 'đ'),
    ("Itilde", 'Ĩ'),
    ("itilde", 'ĩ'),
    ("Utilde", 'Ũ'),
    ("utilde", 'ũ'),
];

/// Characters by name or number; what is neither stays as it is. The no-break space is often
/// written without its semicolon.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let found = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let char = found.and_then(|(name, next)| Some((character(name)?, next)));
        let blank = || Some((' ', after.strip_prefix("nbsp")?));
        if let Some((char, next)) = char.or_else(blank) {
            out.push(char);
            rest = next;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out + rest
}

fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        let named = NAMES.iter().find(|(known, _)| *known == name);
        return named.map(|(_, char)| *char);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
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
