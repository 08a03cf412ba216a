//! PURE: tables of HTML pages, which banks send under the name `.xls`. Only rows and cells count;
//! what is no tag of a table is passed over, so that a page of any kind is read or is no table.

use super::FormatError;
use super::limits::{CELLS_MAX, COLUMNS_MAX};
use super::sniff::GridRow;

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

/// The rows of all tables, one after the other; a row's line is where its tag stands.
///
/// # Errors
/// More columns or cells than any statement has.
pub fn rows(text: &str) -> Result<Vec<GridRow>, FormatError> {
    let mut page = Page::default();
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
    page.end_row();
    Ok(page.rows)
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
    /// The cell that is open, and how many columns it covers.
    cell: Option<(String, usize)>,
    /// Cells so far.
    cells: usize,
}

/// A cell covers at most so many columns.
const SPAN_MAX: usize = 64;

impl Page {
    fn text(&mut self, text: &str) {
        if let Some((cell, _)) = &mut self.cell {
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
                self.cell = Some((String::new(), span(tag)));
            }
            "br" | "br/" | "p" | "div" => self.text(" "),
            _ if tag.starts_with('/') => match tag[1..].trim().to_ascii_lowercase().as_str() {
                "td" | "th" => self.end_cell(),
                "tr" | "table" => self.end_row(),
                _ => {}
            },
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        if let (Some((text, span)), Some(row)) = (self.cell.take(), &mut self.row) {
            let words: Vec<&str> = text.split_whitespace().collect();
            self.cells += span;
            row.cells.push(words.join(" ").into());
            row.cells.extend((1..span).map(|_| "".into()));
        }
    }

    fn is_too_wide(&self) -> bool {
        let width = self.row.as_ref().map_or(0, |row| row.cells.len());
        width > COLUMNS_MAX || self.cells > CELLS_MAX
    }

    fn end_row(&mut self) {
        self.end_cell();
        let row = self.row.take();
        self.rows
            .extend(row.filter(|row| row.cells.iter().any(|cell| !cell.is_empty())));
    }
}

/// `colspan="2"`.
fn span(tag: &str) -> usize {
    let lower = tag.to_ascii_lowercase();
    let told = lower.split_once("colspan").map(|(_, rest)| rest);
    let told = told.map(|rest| rest.trim_start_matches([' ', '=', '"', '\'']));
    let digits = told.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    let number = digits.and_then(|digits| digits.parse().ok());
    number.unwrap_or(1).clamp(1, SPAN_MAX)
}

/// The five entities of XML, the no-break space, and characters by number; others stay as they are.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let found = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let char = found.and_then(|(name, _)| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            _ => {
                let number = name.strip_prefix('#')?;
                let hex = number.strip_prefix(['x', 'X']);
                let code = match hex {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)
            }
        });
        if let (Some(char), Some((_, next))) = (char, found) {
            out.push(char);
            rest = next;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_its_rows() {
        let text = "<HTML><head><style>td{a:b}</style></head>\n<table border=1>\n<tr><th colspan=\"2\">Sao k&#234;</th>\n\
            <TR class=x><td>Ng&agrave;y<td>a &amp; b<br>c&nbsp;</tr>\n<!-- <td>no</td> --><tr><td></td></tr></table>";
        assert!(is_page(text));
        let rows: Vec<(u64, String)> = rows(text)
            .unwrap()
            .iter()
            .map(|row| (row.line, row.cells.join("|")))
            .collect();
        assert_eq!(
            rows,
            [(3, "Sao kê|".into()), (4, "Ng&agrave;y|a & b c".into())]
        );
        assert!(!is_page("Ngày;Số tiền\n"));
        assert!(!is_page("<?xml version=\"1.0\"?><Document/>"));
    }

    proptest! {
        #[test]
        fn any_text_is_passed_over_without_a_panic(text in "[<>/a-t \"'=&;#!0-9é-]{0,120}") {
            let _ = rows(&format!("<table>{text}"));
        }
    }
}
