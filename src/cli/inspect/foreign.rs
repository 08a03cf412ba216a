//! Tables that others made, text, spreadsheets or pages: bank statements and settlement files.

use std::fmt::Write;

use super::{BadRow, Found, Inspection, Total};
use crate::domain::{Lang, RejectCode};
use crate::format::book::{self, Sheet};
use crate::format::encoding::decoded;
use crate::format::{BookKind, FileError, FormatError, Grid, Limits, html, read_grid};
use crate::normalise::cells::Fault;
use crate::normalise::statement::amount::text;
use crate::normalise::statement::heading::{self, Role};
use crate::normalise::statement::{self, Statement, Sum};

/// Finds the header, counts the entries and proposes the mapping.
pub(super) fn describe(
    file: &mut Inspection,
    base: &str,
    bytes: &[u8],
    format: Option<&str>,
    lang: Lang,
) -> Result<(), FileError> {
    let fail = |error| FileError {
        file: base.into(),
        error,
    };
    let (grid, lost) = match BookKind::of(bytes) {
        Some(kind) => {
            file.format = Some(kind.id());
            let sheets = book::read(kind, bytes).map_err(fail)?;
            of_sheets(sheets)
        }
        None => (of_text(file, bytes, format).map_err(fail)?, Vec::new()),
    };
    let Some(statement) = statement::read(&grid) else {
        file.error = Some(no_header(base, lang));
        return Ok(());
    };
    file.header_row = Some(statement.header.line);
    file.mapping = Some(mapping(&statement, &grid, file.format));
    let bad = |line, heading: &str, fault: &Fault| BadRow::at(base, line, heading, fault, lang);
    let faults = statement.faults.iter();
    file.rejects = faults
        .map(|(line, heading, fault)| bad(*line, heading, fault))
        .collect();
    for (line, column, value) in lost {
        // a row number or a note may be as long as it likes
        let known = statement.header.columns.get(column);
        if let Some((heading, _)) = known.filter(|(_, role)| *role != Role::Other) {
            let fault = Fault::new("", &value, RejectCode::LostDigits);
            file.rejects.push(bad(line, heading, &fault));
        }
    }
    file.rejects.sort_by_key(|row| row.line);
    file.statements.push(found(&statement));
    Ok(())
}

/// The sheet that is a statement: the first with a header, else the first.
fn of_sheets(sheets: Vec<Sheet>) -> (Grid, Vec<(u64, usize, Box<str>)>) {
    let is_it = |sheet: &Sheet| heading::find(&sheet.rows).is_some();
    let at = sheets.iter().position(is_it).unwrap_or(0);
    let sheet = sheets.into_iter().nth(at).unwrap_or_default();
    let grid = Grid {
        delimiter: '\t',
        rows: sheet.rows,
    };
    (grid, sheet.lost)
}

/// A page or a text table, in whatever encoding.
fn of_text(file: &mut Inspection, bytes: &[u8], format: Option<&str>) -> Result<Grid, FormatError> {
    let (text, encoding) = decoded(bytes, Limits::TEXT)?;
    let grid = if html::is_page(&text) {
        file.format = Some("html");
        Grid {
            delimiter: '\t',
            rows: html::rows(&text),
        }
    } else {
        let delimiter = (format == Some("tsv")).then_some('\t');
        let grid = read_grid(text.as_bytes(), delimiter, Limits::TEXT)?;
        file.format = Some(if grid.delimiter == '\t' { "tsv" } else { "csv" });
        grid
    };
    file.encoding = Some(encoding);
    Ok(grid)
}

fn no_header(base: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!(
            "{base}: không tìm thấy dòng tiêu đề trong 30 dòng đầu (cần cột ngày và cột số tiền, ghi nợ hoặc ghi có). \
             Hãy kiểm tra đây có phải là sao kê hay không."
        ),
        Lang::En => format!(
            "{base}: no header row within the first 30 rows (a date and an amount, debit or credit column are needed). Check whether this is a statement."
        ),
    }
}

fn found(statement: &Statement) -> Found {
    let total = |sum: Sum| Total {
        count: sum.count,
        sum: text(sum.sum),
    };
    Found {
        id: None,
        account: statement.account.as_deref().map(str::to_owned),
        currency: statement.currency.as_deref().map(str::to_owned),
        entries: statement.entries,
        credits: total(statement.credits),
        debits: total(statement.debits),
        reversals: 0,
        pending: 0,
        opening: statement.opening.map(text),
        closing: statement.closing.map(text),
        balanced: statement.balanced,
    }
}

/// The proposed mapping: the meaning of each column by its heading, and how values are written.
fn mapping(statement: &Statement, grid: &Grid, format: Option<&str>) -> String {
    let mut out = String::from("[source.map]\n");
    let mut line = |key: &str, value: &str| {
        let value = toml::Value::String(value.to_owned());
        // writing to a String cannot fail
        let _ = writeln!(out, "{key} = {value}");
    };
    if matches!(format, Some("csv" | "tsv")) {
        line("delimiter", &grid.delimiter.to_string());
    }
    for (heading, role) in &statement.header.columns {
        if *role != Role::Other {
            line(role.key(), heading);
        }
    }
    if let Some(form) = statement.time_format {
        line("time_format", form);
    }
    line("thousands", &statement.style.group().to_string());
    line("decimal", &statement.style.decimal().to_string());
    out
}
