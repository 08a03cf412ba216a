//! Tables that others made, text, spreadsheets or pages: bank statements and settlement files.

use std::fmt::Write;

use super::{BadRow, Found, Inspection, Total, propose};
use crate::domain::Lang;
use crate::format::tables::{self, Forms};
use crate::format::{BookKind, FileError, FormatError, GridRow};
use crate::normalise::cells::Fault;
use crate::normalise::statement::amount::{self, text};
use crate::normalise::statement::heading::Role;
use crate::normalise::statement::open::{self, Table};
use crate::normalise::statement::{self, Statement, Sum};
use crate::source::Mapping;
use crate::text::reject::{say_assumed, say_file};

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
    let table = open::gather(tables, &Mapping::default());
    file.format = Some(table.format);
    file.encoding = table.encoding;
    let no_header = |_| FormatError::NoHeader {
        missing: Vec::new(),
    };
    let read = statement::read_tables(&table, &Mapping::default());
    let read = read.map_err(|missing| fail(no_header(missing)))?;
    let first = read.statements.first();
    let Some(first) = first else {
        return Err(fail(no_header(Vec::new())));
    };
    file.header_row = Some(first.header.line);
    file.mapping = Some(mapping(first, &table));
    let header = &first.header;
    let settles = header.settles() && first.opening.is_none();
    for statement in &read.statements {
        rejects(file, base, statement, &table, lang);
        file.statements.push(found(statement));
    }
    file.source = Some(if settles {
        propose::settlement()
    } else {
        propose::statement(file)
    });
    let mut statements = read.statements.iter();
    let doubt = statements.find_map(|statement| statement.assumed(&table));
    file.notes
        .extend(doubt.map(|assumed| say_assumed(base, assumed, lang)));
    if let Some(error) = read.undirected.filter(|_| !settles) {
        file.notes.push(say_file(&fail(error), lang));
    }
    match read.unread {
        Some(error) => Err(fail(error)),
        None => Ok(()),
    }
}

/// The rows of a statement that cannot be read.
fn rejects(file: &mut Inspection, base: &str, statement: &Statement, table: &Table, lang: Lang) {
    let bad = |line, heading: &str, fault: &Fault| BadRow::at(base, line, heading, fault, lang);
    let faults = statement.faults.iter();
    let faults = faults.map(|(line, heading, fault)| bad(*line, heading, fault));
    let mut rows: Vec<BadRow> = faults.collect();
    for place in &statement.rows {
        let row = table.grid.rows.get(*place);
        let odd = statement.odd(table, *place);
        if let (Some(row), Some(odd)) = (row, odd) {
            let heading = statement.header.columns.get(odd.at);
            let heading = heading.map_or("", |(heading, _)| heading);
            let fault = Fault::new("", &odd.value, odd.code);
            rows.push(bad(row.line, &table.in_sheet(*place, heading), &fault));
        }
    }
    rows.sort_by_key(|row| row.line);
    file.rejects.append(&mut rows);
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
    if let Some(form) = statement.times.form.filter(|_| !statement.times.mixed) {
        line("time_format", form);
    }
    let single = statement.header.at(Role::Direction).is_none()
        && statement.header.amount_role() == Role::Amount;
    if single && statement.signed && !statement.header.settles() {
        line("amounts", "signed");
    }
    // what the file does not show is found anew in each
    let rows = statement.rows.iter();
    let mut rows = rows.filter_map(|place| table.grid.rows.get(*place));
    let shown = |row: &GridRow| statement.header.amounts(row).any(amount::shows_separators);
    if rows.any(shown) {
        line("thousands", &statement.style.group().to_string());
        line("decimal", &statement.style.decimal().to_string());
    }
    out
}
