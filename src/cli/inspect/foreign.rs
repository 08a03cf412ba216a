//! Text tables that others made: bank statements and settlement files.

use std::fmt::Write;

use super::{BadRow, Found, Inspection, Total};
use crate::domain::{Day, Lang, Reject, Side, SourceName};
use crate::format::{FileError, Grid, Limits, read_grid};
use crate::normalise::statement::amount::text;
use crate::normalise::statement::heading::Role;
use crate::normalise::statement::{self, Statement, Sum};

/// Finds the header, counts the entries and proposes the mapping.
pub(super) fn describe(
    file: &mut Inspection,
    base: &str,
    bytes: &[u8],
    format: Option<&str>,
    lang: Lang,
) -> Result<(), FileError> {
    let delimiter = (format == Some("tsv")).then_some('\t');
    let grid = read_grid(bytes, delimiter, Limits::TEXT).map_err(|error| FileError {
        file: base.into(),
        error,
    })?;
    file.format = Some(if grid.delimiter == '\t' { "tsv" } else { "csv" });
    file.encoding = Some("utf-8");
    let Some(statement) = statement::read(&grid) else {
        file.error = Some(no_header(base, lang));
        return Ok(());
    };
    file.header_row = Some(statement.header.line);
    file.mapping = Some(mapping(&statement, &grid));
    file.rejects = statement
        .faults
        .iter()
        .map(|(line, heading, fault)| {
            let reject = Reject {
                side: Side::Txn,
                source: SourceName::new(""),
                id: "".into(),
                file: base.into(),
                line: *line,
                column: heading.as_str().into(),
                value: fault.value.clone(),
                code: fault.code,
                amount: None,
                business_date: Day::of_ms(0),
            };
            BadRow::of(&reject, lang)
        })
        .collect();
    file.statements.push(found(&statement));
    Ok(())
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
fn mapping(statement: &Statement, grid: &Grid) -> String {
    let mut out = String::from("[source.map]\n");
    let mut line = |key: &str, value: &str| {
        let value = toml::Value::String(value.to_owned());
        // writing to a String cannot fail
        let _ = writeln!(out, "{key} = {value}");
    };
    line("delimiter", &grid.delimiter.to_string());
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
