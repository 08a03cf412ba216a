//! Tables that others made, text, spreadsheets or pages: bank statements and settlement files.

use std::fmt::Write;
use std::io::Read;

use rust_decimal::Decimal;

use super::{BadRow, Found, Inspection, Total, of_many, propose};
use crate::domain::Lang;
use crate::format::tables::Forms;
use crate::format::{BookKind, Content, FileError, FormatError};
use crate::normalise::cells::Fault;
use crate::normalise::statement::amount::text;
use crate::normalise::statement::heading::Role;
use crate::normalise::statement::open::{self, Table};
use crate::normalise::statement::{self, Statement, Sum};
use crate::source::Mapping;
use crate::text::reject::{say_assumed, say_file, say_nets, say_turned};
use crate::text::say;

/// Finds the header, counts the entries and proposes the mapping.
pub(super) fn describe(
    file: &mut Inspection,
    base: &str,
    (content, head): (&dyn Content, &[u8]),
    format: Option<&str>,
    lang: Lang,
) -> Result<(), FileError> {
    let fail = |error| FileError {
        file: base.into(),
        error,
    };
    file.format = BookKind::of(head).map(BookKind::id);
    let forms = Forms {
        delimiter: (format == Some("tsv")).then_some('\t'),
        ..Forms::default()
    };
    let mapping = Mapping::default();
    if let Some(rows) = hopeless((content, head), forms, &mapping) {
        let n = rows.to_string();
        file.error = Some(say(lang, "inspect-hopeless", &[("file", base), ("n", &*n)]));
        return Ok(());
    }
    let table = open::open(Box::new(content), forms, &mapping).map_err(fail)?;
    file.format = Some(table.format);
    file.encoding = table.encoding;
    let read = statement::read_tables(&table, &mapping).map_err(fail)?;
    let Some(first) = read.statements.first() else {
        let missing = Vec::new();
        return Err(fail(FormatError::NoHeader { missing }));
    };
    file.header_row = Some(first.header.line);
    file.mapping = Some(mapping_of(first, &table));
    let header = &first.header;
    let settles = header.settles() && first.opening.is_none();
    rejects(file, base, &read.statements, &table, lang).map_err(fail)?;
    file.statements.extend(read.statements.iter().map(found));
    if settles {
        words(file, &read.statements, &table, &mapping, lang).map_err(fail)?;
    }
    file.source = Some(if settles {
        propose::settlement()
    } else {
        propose::statement(file)
    });
    let mut statements = read.statements.iter();
    let doubt = statements.find_map(Statement::assumed);
    file.notes
        .extend(doubt.map(|assumed| say_assumed(base, assumed, lang)));
    let turned = read.statements.iter().find_map(Statement::turned);
    file.notes
        .extend(turned.map(|form| say_turned(base, form, lang)));
    let nets = read.statements.iter().filter_map(|of| of.nets.as_ref());
    let nets = nets.map(|nets| say_nets(base, (nets.rows, nets.line, &nets.column), lang));
    file.notes.extend(nets);
    file.notes.extend(unread(first, lang));
    if let Some(error) = read.undirected.filter(|_| !settles) {
        file.notes.push(say_file(&fail(error), lang));
    }
    match read.unread {
        Some(error) => Err(fail(error)),
        None => Ok(()),
    }
}

/// That there are columns which nothing reads and which may tell something.
fn unread(statement: &Statement, lang: Lang) -> Option<String> {
    let columns = statement.header.unread();
    let columns: Vec<String> = columns.map(|text| format!("\"{text}\"")).collect();
    let args = [("columns", &*columns.join(", "))];
    (!columns.is_empty()).then(|| say(lang, "inspect-unread-columns", &args))
}

/// A text at least this long is looked at in part first: millions of rows of something else are not
/// read to their end only to say so.
const LONG: u64 = 8 << 20;
/// The part.
const PART: u64 = 2 << 20;
/// So many rows that cannot be read, and none that can, say what a file is.
const HOPELESS: u64 = 10_000;

/// How many rows at the beginning of a long text cannot be read, where that is all of them.
fn hopeless(
    (content, head): (&dyn Content, &[u8]),
    forms: Forms,
    mapping: &Mapping,
) -> Option<u64> {
    let (size, stream) = content.open().ok()?;
    if size < LONG || BookKind::of(head).is_some() {
        return None;
    }
    let mut part = Vec::new();
    stream.take(PART).read_to_end(&mut part).ok()?;
    let end = part.iter().rposition(|byte| *byte == b'\n')?;
    part.truncate(end + 1);
    let table = open::open(Box::new(part.as_slice()), forms, mapping).ok()?;
    let read = statement::read_tables(&table, mapping).ok()?;
    let rows = |of: fn(&Statement) -> u64| read.statements.iter().map(of).sum::<u64>();
    let (entries, faulty) = (rows(|one| one.entries), rows(|one| one.faulty));
    (entries == 0 && faulty >= HOPELESS).then_some(faulty)
}

/// The rows of statements that cannot be read.
fn rejects(
    file: &mut Inspection,
    base: &str,
    statements: &[Statement],
    table: &Table,
    lang: Lang,
) -> Result<(), FormatError> {
    let bad = |line, heading: &str, fault: &Fault| BadRow::at(base, line, heading, fault, lang);
    let faults = |statement: &Statement| -> Vec<BadRow> {
        let faults = statement.faults.iter().chain(&statement.refused);
        faults
            .map(|(line, heading, fault)| bad(*line, heading, fault))
            .collect()
    };
    let mut rows: Vec<Vec<BadRow>> = statements.iter().map(faults).collect();
    if !table.odd.is_empty() {
        statement::each_entry(table, statements, |at, place, row| {
            let (Some(statement), Some(rows)) = (statements.get(at), rows.get_mut(at)) else {
                return;
            };
            if let Some(odd) = statement.odd(table, place) {
                let heading = statement.header.columns.get(odd.at);
                let heading = heading.map_or("", |(heading, _)| heading);
                let fault = Fault::new("", &odd.value, odd.code);
                rows.push(bad(row.line, &table.in_sheet(place, heading), &fault));
            }
        })?;
    }
    for mut rows in rows {
        rows.sort_by_key(|row| row.line);
        file.rejects.append(&mut rows);
    }
    let all = statements.iter().map(|of| of.faulty + of.refusals).sum();
    let told = statements
        .iter()
        .map(|of| of.faults.len() + of.refused.len());
    file.notes.extend(of_many(told.sum(), all, lang));
    Ok(())
}

/// Of a settlement file: what went back is no money in, and words that nobody knows are named with
/// the keys under which they belong.
fn words(
    file: &mut Inspection,
    statements: &[Statement],
    table: &Table,
    mapping: &Mapping,
    lang: Lang,
) -> Result<(), FormatError> {
    for ((words, of), shown) in statement::words_of(table, statements, mapping)?
        .iter()
        .zip(statements)
        .zip(&mut file.statements)
    {
        let add = |sum: Sum, by: Decimal, count: u64| Total {
            count,
            sum: text(sum.sum + by),
        };
        let back = words.back;
        shown.credits = add(
            of.credits,
            -back.sum,
            of.credits.count.saturating_sub(back.count),
        );
        shown.debits = add(of.debits, back.sum, of.debits.count + back.count);
        for ((role, key), unknown) in [Role::Status, Role::Kind]
            .into_iter()
            .zip(["inspect-unknown-states", "inspect-unknown-kinds"])
            .zip(&words.unknown)
        {
            let told: Vec<String> = unknown
                .iter()
                .map(|(word, rows)| format!("\"{word}\" ({rows})"))
                .collect();
            let column = of.header.heading(role).unwrap_or_default();
            let args = [("column", column), ("words", &*told.join(", "))];
            if !told.is_empty() {
                file.notes.push(say(lang, key, &args));
            }
        }
    }
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
fn mapping_of(statement: &Statement, table: &Table) -> String {
    let mut out = String::from("[source.map]\n");
    let mut line = |key: &str, value: &str| {
        let value = toml::Value::String(value.to_owned());
        // writing to a String cannot fail
        let _ = writeln!(out, "{key} = {value}");
    };
    if matches!(table.format, "csv" | "tsv") {
        line("delimiter", &table.delimiter.to_string());
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
    if statement.separated {
        line("thousands", &statement.style.group().to_string());
        line("decimal", &statement.style.decimal().to_string());
    }
    out
}
