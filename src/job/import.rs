//! Decisions read back from the workbook of a night, or from a table with the same columns.

mod sheet;

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_hand::{self, Again, Ask, Choice, Plan};
use super::error::JobError;
use crate::clock::Clock;
use crate::domain::{Lang, Ruling, Vnd};
use crate::format::FormatError;
use crate::report::xlsx::columns::Choice as Word;
use crate::store::Store;

pub use sheet::{Filled, Table, read};

/// How a file is imported.
#[derive(Clone, Debug)]
pub struct How {
    /// Who decides where the file does not say.
    pub by: Box<str>,
    /// Decide anew what was decided since the last night.
    pub replace: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The sheet, or empty for a text.
    pub sheet: Box<str>,
    /// Its row, from 1.
    pub row: u64,
    /// The column: its letter and its key.
    pub column: Box<str>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Refused {
    /// One line for a person.
    pub fn line(&self, lang: Lang) -> String {
        let Self {
            sheet,
            row,
            column,
            message,
            fix,
        } = self;
        match lang {
            Lang::Vi => format!("{sheet} dòng {row}, cột {column}: {message} → {fix}\n"),
            Lang::En => format!("{sheet} row {row}, column {column}: {message} -> {fix}\n"),
        }
    }
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Rows whose decision was written (in a dry run: would be).
    pub written: usize,
    /// Rows whose decision stood in the book already.
    pub unchanged: usize,
    /// Rows that decide nothing.
    pub skipped: usize,
    /// Rows of which nothing was written.
    pub refused: Vec<Refused>,
}

/// Reads a file's rows and writes their decisions, each row as a whole or not at all.
///
/// # Errors
/// A file that is none, or without the columns; a database that says no. A bad row is no error.
pub async fn import(
    store: &Store,
    clock: &dyn Clock,
    bytes: &[u8],
    how: &How,
) -> Result<Result<Imported, FormatError>, JobError> {
    let rows = match sheet::read(bytes) {
        Ok(Table::Rows(rows)) => rows,
        Ok(Table::NoKeys) => return Err(no_keys()),
        Ok(Table::Opaque(kind)) => return Err(opaque(kind)),
        Err(error) => return Ok(Err(error)),
    };
    let mut refused = Vec::new();
    let mut imported = Imported::default();
    let mut seen: BTreeMap<Box<str>, u64> = BTreeMap::new();
    for row in &rows {
        if row.is_empty() {
            imported.skipped += 1;
            continue;
        }
        let first = *seen.entry(row.id.clone()).or_insert(row.row);
        if first != row.row {
            refused.push(row.refuse(
                sheet::ID,
                format!("{} stands in row {first} already", row.id),
                "decide it in one row",
            ));
            continue;
        }
        match one(store, clock, row, how).await {
            Ok(true) => imported.written += 1,
            Ok(false) => imported.unchanged += 1,
            Err(Bad::Row(bad)) => refused.push(*bad),
            Err(Bad::Job(error)) => return Err(error),
        }
    }
    refused.sort_by(|a, b| (&a.sheet, a.row).cmp(&(&b.sheet, b.row)));
    imported.refused = refused;
    Ok(Ok(imported))
}

fn opaque(kind: &str) -> JobError {
    JobError::Usage {
        message: format!("in a file of the kind {kind} formulas cannot be told from values"),
        fix: "save it as XLSX or CSV".to_owned(),
    }
}

fn no_keys() -> JobError {
    JobError::Usage {
        message: format!(
            "no row holds the column keys {} and {}",
            sheet::ID,
            sheet::DECISION
        ),
        fix: "use the sheet of exceptions of doisoat.xlsx, or a table whose first row has the columns \
              exception_id, decision, target, reason"
            .to_owned(),
    }
}

/// Why a row was not written.
enum Bad {
    Row(Box<Refused>),
    Job(JobError),
}

/// One row: all of it fits, or nothing of it is written. Tells whether anything was new.
async fn one(store: &Store, clock: &dyn Clock, row: &Filled, how: &How) -> Result<bool, Bad> {
    let told =
        |column, message: String, fix: &str| Bad::Row(Box::new(row.refuse(column, message, fix)));
    if let Some((column, _)) = row.formula {
        let fix = "write the word itself; copy and paste as values";
        return Err(told(column, "a formula, not a value".to_owned(), fix));
    }
    if !sheet::is_id(&row.id) {
        let fix = "keep the column as text; take the id from the workbook or exceptions.csv";
        return Err(told(
            sheet::ID,
            format!("\"{}\" is no exception id", row.id),
            fix,
        ));
    }
    if row.reason.is_empty() {
        let fix = "write why: a decision without a reason is not kept";
        return Err(told(sheet::REASON, "no reason".to_owned(), fix));
    }
    let mut plans: Vec<Plan> = Vec::new();
    for (column, choice) in choices(row).map_err(|bad| Bad::Row(Box::new(bad)))? {
        let ask = Ask {
            id: row.id.clone(),
            choice,
            by: if row.by.is_empty() {
                how.by.clone()
            } else {
                row.by.clone()
            },
            reason: row.reason.clone(),
            replace: how.replace,
        };
        let planned = by_hand::plan(store, clock, &ask, Again::Known).await;
        let plan = planned.map_err(|error| of_row(row, column, error))?;
        if !plan.is_written {
            still_the_same(store, row).await?;
        }
        plans.push(plan);
    }
    let new: Vec<&Plan> = plans.iter().filter(|plan| !plan.is_written).collect();
    if !how.dry_run && !new.is_empty() {
        let written = by_hand::write(store, &new).await;
        written.map_err(|error| of_row(row, sheet::DECISION, error))?;
    }
    Ok(!new.is_empty())
}

/// What a person can put right is told of the row; anything else ends the import.
fn of_row(row: &Filled, column: &'static str, error: JobError) -> Bad {
    match error {
        JobError::Usage { message, fix } => Bad::Row(Box::new(row.refuse(column, message, &fix))),
        other => Bad::Job(other),
    }
}

/// The exception is what the file was made from.
async fn still_the_same(store: &Store, row: &Filled) -> Result<(), Bad> {
    let detail = store.exception(&row.id, None).await;
    let detail = detail.map_err(|error| Bad::Job(error.into()))?;
    let Some(record) = detail.map(|detail| detail.record) else {
        return Ok(());
    };
    let fix = "look at it again in the workbook of the last night: `doisoat exceptions show`";
    if !row.class.is_empty() && *record.class != *row.class {
        let message = format!("it was {} and is {} now", row.class, record.class);
        return Err(Bad::Row(Box::new(row.refuse(sheet::CLASS, message, fix))));
    }
    let amount = row.amount.replace([' ', '\u{a0}'], "");
    let other = Vnd::parse_digits(&amount).is_ok_and(|amount| amount != record.amount);
    if other {
        let message = format!("it was {amount} dong and is {} now", record.amount);
        return Err(Bad::Row(Box::new(row.refuse(sheet::AMOUNT, message, fix))));
    }
    Ok(())
}

/// What the row decides, and to whom it gives the exception.
fn choices(row: &Filled) -> Result<Vec<(&'static str, Choice)>, Refused> {
    let mut choices = Vec::new();
    if !row.decision.is_empty() {
        choices.push((sheet::DECISION, choice(row)?));
    } else if !row.target.is_empty() {
        let fix = "choose a word in the column of decisions, or clear the target";
        return Err(row.refuse(
            sheet::DECISION,
            "a target without a decision".to_owned(),
            fix,
        ));
    }
    if !row.assignee.is_empty() {
        choices.push((sheet::ASSIGNEE, Choice::Assign(row.assignee.clone())));
    }
    Ok(choices)
}

fn choice(row: &Filled) -> Result<Choice, Refused> {
    let Some(word) = Word::read(&row.decision) else {
        let words = Word::ALL.map(|w| format!("{} / {}", w.word(Lang::Vi), w.word(Lang::En)));
        let message = format!("\"{}\" is no decision", row.decision);
        let fix = format!("choose one of: {}", words.join("; "));
        return Err(row.refuse(sheet::DECISION, message, &fix));
    };
    let bad = |error: String| {
        let fix = match word {
            Word::Split => "write DOSSIER[/FEE]=AMOUNT; DOSSIER[/FEE]=AMOUNT",
            Word::PaidBy => "write SOURCE/ID",
            _ => "write DOSSIER or DOSSIER/FEE",
        };
        row.refuse(sheet::TARGET, error, fix)
    };
    let needs = matches!(word, Word::Pair | Word::Split | Word::PaidBy);
    if needs && row.target.is_empty() {
        return Err(bad("no target".to_owned()));
    }
    if !needs && !row.target.is_empty() {
        let message = format!("\"{}\" takes no target", row.decision);
        return Err(row.refuse(sheet::TARGET, message, "clear the cell"));
    }
    Ok(match word {
        Word::Pair => Choice::Pair(by_hand::read_target(&row.target).map_err(bad)?),
        Word::PaidBy => {
            let (source, id) = by_hand::read_row(&row.target).map_err(bad)?;
            Choice::PaidBy(source, id)
        }
        Word::Split => {
            let parts = row.target.split([';', '\n']).map(str::trim);
            let parts = parts.filter(|part| !part.is_empty());
            let parts: Result<Vec<_>, String> = parts.map(by_hand::read_part).collect();
            Choice::Split(parts.map_err(bad)?)
        }
        Word::NotFee => Choice::Rule(Ruling::NotFee),
        Word::WriteOff => Choice::Rule(Ruling::WriteOff),
        Word::RefundRequested => Choice::Rule(Ruling::RefundRequested),
        Word::Undo => Choice::Undo,
    })
}
