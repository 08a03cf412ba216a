//! Tables that others made, text, spreadsheets or pages: bank statements and settlement files.

use std::fmt::Write;

use super::{BadRow, Found, Inspection, Total, propose};
use crate::domain::{Lang, RejectCode};
use crate::format::tables::{self, Forms};
use crate::format::{BookKind, FileError, FormatError};
use crate::normalise::cells::Fault;
use crate::normalise::statement::amount::text;
use crate::normalise::statement::heading::Role;
use crate::normalise::statement::open::{self, Table};
use crate::normalise::statement::{self, Statement, Sum};
use crate::source::Mapping;

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
    file.format = BookKind::of(bytes).map(BookKind::id);
    let forms = Forms {
        delimiter: (format == Some("tsv")).then_some('\t'),
        ..Forms::default()
    };
    let tables = tables::read(bytes, forms).map_err(fail)?;
    let table = open::pick(tables, &Mapping::default());
    file.format = Some(table.format);
    file.encoding = table.encoding;
    let no_header = || FormatError::NoHeader {
        missing: Vec::new(),
    };
    let statement = statement::read(&table.grid).ok_or_else(|| fail(no_header()))?;
    file.header_row = Some(statement.header.line);
    file.mapping = Some(mapping(&statement, &table));
    let has = |role| statement.header.at(role).is_some();
    let settles = has(Role::OrderRef) || has(Role::Status) || has(Role::Fee) || has(Role::Net);
    let banks = has(Role::Balance) || has(Role::Debit) || statement.opening.is_some();
    let bad = |line, heading: &str, fault: &Fault| BadRow::at(base, line, heading, fault, lang);
    let faults = statement.faults.iter();
    file.rejects = faults
        .map(|(line, heading, fault)| bad(*line, heading, fault))
        .collect();
    for (line, column, value) in &table.lost {
        // a row number or a note may be as long as it likes
        let known = statement.header.columns.get(*column);
        if let Some((heading, _)) = known.filter(|(_, role)| *role != Role::Other) {
            let fault = Fault::new("", value, RejectCode::LostDigits);
            file.rejects.push(bad(*line, heading, &fault));
        }
    }
    file.rejects.sort_by_key(|row| row.line);
    file.statements.push(found(&statement));
    file.source = Some(if settles && !banks {
        propose::settlement()
    } else {
        propose::statement(file)
    });
    Ok(())
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
fn mapping(statement: &Statement, table: &Table) -> String {
    let mut out = String::from("[source.map]\n");
    let mut line = |key: &str, value: &str| {
        let value = toml::Value::String(value.to_owned());
        // writing to a String cannot fail
        let _ = writeln!(out, "{key} = {value}");
    };
    if matches!(table.format, "csv" | "tsv") {
        line("delimiter", &table.grid.delimiter.to_string());
    }
    if let Some(encoding) = table.encoding.filter(|name| *name != "utf-8") {
        line("encoding", encoding);
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
