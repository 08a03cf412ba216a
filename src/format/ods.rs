//! PURE: OpenDocument sheets, read as a stream: a cell or a row that is told once and repeated a
//! million times is one event, and only what holds text takes room.

use std::io::{BufRead, BufReader, Cursor};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use rust_decimal::Decimal;

use super::FormatError;
use super::book::{BookFault, Sheet};
use super::filling::{Digits, Filling};
use super::limits::COLUMNS_MAX;
use super::stream::Watched;

/// Elements may stand so deep.
const DEPTH_MAX: usize = 64;

/// Every table of the document.
pub(super) fn read(bytes: &[u8], cells_max: usize) -> Result<Vec<Sheet>, FormatError> {
    let unreadable = || FormatError::Book(BookFault::Unreadable);
    let mut container = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let part = container.by_name("content.xml").map_err(|_| unreadable())?;
    sheets(&mut BufReader::new(part), cells_max)
}

fn sheets(content: &mut dyn BufRead, cells_max: usize) -> Result<Vec<Sheet>, FormatError> {
    let unreadable = || FormatError::Book(BookFault::Unreadable);
    let mut xml = Reader::from_reader(Watched::new(content));
    let (mut room, mut depth) = (Vec::new(), 0_usize);
    let mut page = Page {
        cells_max,
        ..Page::default()
    };
    loop {
        room.clear();
        xml.get_mut().next_piece();
        match xml.read_event_into(&mut room).map_err(|_| unreadable())? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(unreadable());
                }
                page.open(&start);
            }
            Event::Empty(start) => {
                page.open(&start);
                page.close(start.local_name().into_inner())?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                page.close(end.local_name().into_inner())?;
            }
            Event::Text(text) => page.text(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => page.text(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) => page.text(match &*name {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                _ => " ",
            }),
            Event::DocType(_) => return Err(FormatError::Book(BookFault::DocType)),
            Event::Eof => return Ok(page.sheets),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// What is being read.
#[derive(Default)]
struct Page {
    cells_max: usize,
    sheets: Vec<Sheet>,
    filling: Filling,
    row: u32,
    row_times: u32,
    cells: Vec<(u32, Box<str>, Digits, bool)>,
    column: u32,
    cell: Option<Cell>,
}

#[derive(Default)]
struct Cell {
    times: u32,
    /// The value that stands in an attribute, and whether it is a number.
    value: Option<(String, bool)>,
    text: String,
    /// True when it is computed.
    formula: bool,
}

impl Page {
    fn open(&mut self, start: &BytesStart) {
        match start.local_name().into_inner() {
            "table" => {
                let name = attribute(start, "name").unwrap_or_default();
                self.filling = Filling::of(&name, self.cells_max);
                self.row = 0;
            }
            "table-row" => {
                self.row_times = times(start, "number-rows-repeated");
                self.column = 0;
                self.cells.clear();
            }
            "table-cell" | "covered-table-cell" => {
                self.cell = Some(Cell {
                    times: times(start, "number-columns-repeated"),
                    value: value(start),
                    text: String::new(),
                    formula: attribute(start, "formula").is_some(),
                });
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            cell.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), FormatError> {
        match name {
            "p" => self.text(" "),
            "table-cell" | "covered-table-cell" => self.end_cell()?,
            "table-row" => self.end_row()?,
            "table" => {
                let filling = std::mem::take(&mut self.filling);
                self.sheets.push(filling.sheet);
            }
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), FormatError> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let (text, digits) = match &cell.value {
            Some((value, number)) => shown(value, *number),
            None => (cell.text.trim().into(), Digits::Kept),
        };
        if !text.is_empty() {
            let wide = usize::try_from(self.column.saturating_add(cell.times));
            if wide.is_ok_and(|wide| wide > COLUMNS_MAX) {
                return Err(self.filling.too_wide(self.row));
            }
            for n in 0..cell.times {
                let cell = (self.column + n, text.clone(), digits, cell.formula);
                self.cells.push(cell);
            }
        }
        self.column = self.column.saturating_add(cell.times);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), FormatError> {
        if !self.cells.is_empty() {
            for n in 0..self.row_times {
                for (column, text, digits, formula) in &self.cells {
                    let row = self.row.saturating_add(n);
                    if *formula {
                        self.filling.formula(row, *column);
                    }
                    self.filling.put(row, *column, text.clone(), *digits)?;
                }
            }
        }
        self.row = self.row.saturating_add(self.row_times);
        Ok(())
    }
}

fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    let mut attributes = start.attributes().flatten();
    let found = attributes.find(|a| a.key.local_name().into_inner() == name)?;
    Some(found.value.to_string())
}

fn times(start: &BytesStart, name: &str) -> u32 {
    let told = attribute(start, name).and_then(|n| n.parse().ok());
    told.unwrap_or(1).max(1)
}

/// A number, a date or a truth stands in an attribute; text stands inside.
fn value(start: &BytesStart) -> Option<(String, bool)> {
    match attribute(start, "value-type")?.as_str() {
        "float" | "currency" | "percentage" => Some((attribute(start, "value")?, true)),
        "date" => Some((attribute(start, "date-value")?, false)),
        "boolean" => Some((attribute(start, "boolean-value")?, false)),
        _ => None,
    }
}

/// A number without exponent; and what became of its digits.
fn shown(value: &str, number: bool) -> (Box<str>, Digits) {
    if !number {
        return (value.trim().into(), Digits::Kept);
    }
    let value = value.trim();
    let plain = Decimal::from_scientific(value).map(|n| n.normalize().to_string());
    let text = if value.contains(['e', 'E']) {
        plain.unwrap_or_else(|_| value.to_owned())
    } else {
        value.to_owned()
    };
    let digits = Digits::of(&text);
    (text.into(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::BookPlace;

    fn rows(table: &str) -> Result<Vec<(u64, String)>, FormatError> {
        let text = format!("<d xmlns:t=\"t\" xmlns:o=\"o\"><t:table>{table}</t:table></d>");
        let sheets = sheets(&mut text.as_bytes(), super::super::limits::CELLS_MAX)?;
        let rows = sheets.iter().flat_map(|sheet| &sheet.rows);
        Ok(rows.map(|row| (row.line, row.cells.join("|"))).collect())
    }

    #[test]
    fn cells_and_their_repeats() {
        let table = "<t:table-row><t:table-cell><t:p>Ngày &amp; giờ</t:p></t:table-cell>\
            <t:table-cell t:number-columns-repeated=\"2\"/><t:table-cell o:value-type=\"float\" o:value=\"5E4\"/>\
            <t:table-cell t:number-columns-repeated=\"16000\"/></t:table-row>\
            <t:table-row t:number-rows-repeated=\"3\"><t:table-cell/></t:table-row>\
            <t:table-row><t:table-cell o:value-type=\"date\" o:date-value=\"2022-12-05\"><t:p>5/12</t:p>\
            </t:table-cell></t:table-row><t:table-row t:number-rows-repeated=\"1048570\"><t:table-cell/></t:table-row>";
        let expected = [
            (1, "Ngày & giờ|||50000".to_owned()),
            (5, "2022-12-05".to_owned()),
        ];
        assert_eq!(rows(table).unwrap(), expected);
    }

    #[test]
    fn repeats_beyond_all_measure_are_refused() {
        let cell = "<t:table-cell o:value-type=\"float\" o:value=\"1\"";
        let wide =
            format!("<t:table-row>{cell} t:number-columns-repeated=\"100000000\"/></t:table-row>");
        let tall =
            format!("<t:table-row t:number-rows-repeated=\"4000000000\">{cell}/></t:table-row>");
        for (table, line) in [(wide, 1), (tall, 2_000_001)] {
            let refused = Err(BookFault::TooWide.at(BookPlace::Row("".into(), line)));
            assert_eq!(rows(&table), refused, "{table}");
        }
    }
}
