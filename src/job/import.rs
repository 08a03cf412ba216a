//! Decisions read back from the workbook of a night, or from a table with the same columns.

mod sheet;

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_hand::{self, Again, Ask, Choice, Plan};
use super::error::JobError;
use crate::clock::Clock;
use crate::decision::NO_REASON;
use crate::domain::{Lang, Ruling, Vnd};
use crate::format::FormatError;
use crate::report::escape::visible;
use crate::report::model::class_word;
use crate::report::xlsx::columns::Choice as Word;
use crate::store::Store;
use crate::text;

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
    /// The language of what is said against a row.
    pub lang: Lang,
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
        let row = row.to_string();
        let args = [
            ("sheet", &**sheet),
            ("row", &*row),
            ("column", &**column),
            ("message", &**message),
            ("fix", &**fix),
        ];
        text::say(lang, "import-refused", &args)
            .trim_start()
            .to_owned()
            + "\n"
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
        Ok(Table::NoKeys) => return Err(no_keys(how.lang)),
        Ok(Table::Opaque(kind)) => return Err(opaque(how.lang, kind)),
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
        if let Some(other) = sheet::contrary(&rows, row) {
            let other = other.to_string();
            let args = [("id", &*row.id), ("row", &*other)];
            let keys = ["import-contrary", "import-contrary-fix"];
            refused.push(row.refuse(how.lang, sheet::ID, keys, &args));
            continue;
        }
        let first = *seen.entry(row.id.clone()).or_insert(row.row);
        if first != row.row {
            let first = first.to_string();
            let args = [("id", &*row.id), ("row", &*first)];
            refused.push(row.refuse(
                how.lang,
                sheet::ID,
                ["import-twice", "import-twice-fix"],
                &args,
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

fn opaque(lang: Lang, kind: &str) -> JobError {
    JobError::Usage {
        message: text::say(lang, "import-opaque", &[("kind", kind)]),
        fix: text::say(lang, "import-opaque-fix", &[]),
    }
}

fn no_keys(lang: Lang) -> JobError {
    let args = [("id", sheet::ID), ("decision", sheet::DECISION)];
    JobError::Usage {
        message: text::say(lang, "import-no-keys", &args),
        fix: text::say(lang, "import-no-keys-fix", &[]),
    }
}

/// Why a row was not written.
enum Bad {
    Row(Box<Refused>),
    Job(JobError),
}

/// One row: all of it fits, or nothing of it is written. Tells whether anything was new.
async fn one(store: &Store, clock: &dyn Clock, row: &Filled, how: &How) -> Result<bool, Bad> {
    let told = |column, key| {
        let args = [("id", &*row.id)];
        Bad::Row(Box::new(row.refuse(how.lang, column, key, &args)))
    };
    if let Some((column, _)) = row.formula {
        return Err(told(column, ["import-formula", "import-formula-fix"]));
    }
    if !sheet::is_id(&row.id) {
        return Err(told(sheet::ID, ["import-no-id", "import-no-id-fix"]));
    }
    let assigns_only = row.decision.is_empty() && row.target.is_empty();
    let needs_reason = !assigns_only || row.assigns().is_none();
    let why = row.why();
    if why.is_empty() && needs_reason {
        return Err(told(
            sheet::REASON,
            ["import-no-reason", "import-no-reason-fix"],
        ));
    }
    if !row.decision.is_empty() && by_hand::is_no_reason(&why) {
        return Err(told(
            sheet::NOTE,
            ["import-other-reason", "import-other-reason-fix"],
        ));
    }
    let mut plans: Vec<Plan> = Vec::new();
    for (column, choice) in choices(row, how.lang).map_err(|bad| Bad::Row(Box::new(bad)))? {
        let ask = Ask {
            id: row.id.clone(),
            choice,
            by: if row.by.is_empty() {
                how.by.clone()
            } else {
                row.by.clone()
            },
            // as `exceptions assign` has it: no decision, so nothing to give a reason for
            reason: if why.is_empty() {
                NO_REASON.into()
            } else {
                why.as_str().into()
            },
            replace: how.replace,
            lang: how.lang,
        };
        let planned = by_hand::plan(store, clock, &ask, Again::Known).await;
        let plan = planned.map_err(|unfit| {
            let column = if unfit.of_target {
                sheet::TARGET
            } else {
                column
            };
            of_row(row, column, unfit.error)
        })?;
        if !plan.is_written {
            still_the_same(store, row, how.lang).await?;
            if column == sheet::ASSIGNEE {
                same_owner(row, &plan, how.lang)?;
            }
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
        JobError::Usage { message, fix } => Bad::Row(Box::new(row.refuse_as(column, message, fix))),
        other => Bad::Job(other),
    }
}

/// The exception is what the file was made from.
async fn still_the_same(store: &Store, row: &Filled, lang: Lang) -> Result<(), Bad> {
    let detail = store.exception(&row.id, None).await;
    let detail = detail.map_err(|error| Bad::Job(error.into()))?;
    let Some(record) = detail.map(|detail| detail.record) else {
        return Ok(());
    };
    let changed = |column, then: &str, now: &str| {
        let args = [("then", then), ("now", now)];
        Bad::Row(Box::new(row.refuse(
            lang,
            column,
            ["import-changed", "import-changed-fix"],
            &args,
        )))
    };
    // the hidden key and the columns beside it that people see tell of one row
    let shown = |told: &str| {
        let told = visible(told);
        let told = told.trim();
        told.strip_prefix('\'').unwrap_or(told).to_owned()
    };
    for (column, told, own) in [
        (
            sheet::SOURCE,
            &row.source,
            shown(record.key.source.as_str()),
        ),
        (sheet::ROW_ID, &row.row_id, shown(&record.key.id)),
    ] {
        if !told.is_empty() && **told != own {
            let args = [("id", &*row.id), ("told", &**told), ("own", &*own)];
            let keys = ["import-other-row", "import-other-row-fix"];
            return Err(Bad::Row(Box::new(row.refuse(lang, column, keys, &args))));
        }
    }
    if !row.class.is_empty() && *record.class != *row.class {
        let [then, now] = [&row.class, &record.class].map(|id| class_word(id, lang));
        return Err(changed(sheet::CLASS, &then, &now));
    }
    let amount = row.amount.replace([' ', '\u{a0}'], "");
    match Vnd::parse_digits(&amount) {
        Ok(then) if then != record.amount => {
            let [then, now] = [then, record.amount].map(|amount| text::money_of(lang, amount));
            Err(changed(sheet::AMOUNT, &then, &now))
        }
        _ => Ok(()),
    }
}

/// Nobody gave the exception to somebody else since the file was made.
fn same_owner(row: &Filled, plan: &Plan, lang: Lang) -> Result<(), Bad> {
    let then = row.assigned.as_deref().unwrap_or(&plan.owner);
    if [then, &row.assignee].contains(&&*plan.owner) {
        return Ok(());
    }
    let nobody = text::say(lang, "filter-nobody", &[]);
    let name = |name: &str| {
        if name.is_empty() {
            nobody.clone()
        } else {
            name.to_owned()
        }
    };
    let (then, now) = (name(then), name(&plan.owner));
    let keys = ["import-changed", "import-changed-fix"];
    let args = [("then", &*then), ("now", &*now)];
    Err(Bad::Row(Box::new(row.refuse(
        lang,
        sheet::ASSIGNEE,
        keys,
        &args,
    ))))
}

/// What the row decides, and to whom it gives the exception.
fn choices(row: &Filled, lang: Lang) -> Result<Vec<(&'static str, Choice)>, Refused> {
    let mut choices = Vec::new();
    if !row.decision.is_empty() {
        choices.push((sheet::DECISION, choice(row, lang)?));
    } else if !row.target.is_empty() {
        return Err(row.refuse(
            lang,
            sheet::DECISION,
            ["import-target-alone", "import-target-alone-fix"],
            &[],
        ));
    }
    if let Some(to) = row.assigns() {
        choices.push((sheet::ASSIGNEE, Choice::Assign(to.into())));
    }
    if row.only_notes() {
        choices.push((sheet::NOTE, Choice::Note));
    }
    Ok(choices)
}

fn choice(row: &Filled, lang: Lang) -> Result<Choice, Refused> {
    let Some(word) = Word::read(&row.decision) else {
        let words = Word::ALL.map(|word| word.word(lang)).join("; ");
        let args = [("word", &*row.decision), ("words", &*words)];
        return Err(row.refuse(
            lang,
            sheet::DECISION,
            ["import-no-decision", "import-no-decision-fix"],
            &args,
        ));
    };
    let fix = match word {
        Word::Split => "import-write-parts",
        Word::PaidBy => "import-write-row",
        Word::Payout => "import-write-days",
        _ => "import-write-target",
    };
    let fix = text::say(lang, fix, &[]);
    // what to write instead stands in the remedy, in the reader's language
    let bad = |_: String| {
        let args = [("target", &*row.target)];
        let message = text::say(lang, "import-bad-target", &args);
        row.refuse_as(sheet::TARGET, message, fix.clone())
    };
    let needs = matches!(word, Word::Pair | Word::Split | Word::PaidBy | Word::Payout);
    if needs && row.target.is_empty() {
        let message = text::say(lang, "import-no-target", &[]);
        return Err(row.refuse_as(sheet::TARGET, message, fix));
    }
    if !needs && !row.target.is_empty() {
        let args = [("word", &*row.decision)];
        return Err(row.refuse(
            lang,
            sheet::TARGET,
            ["import-needless", "import-needless-fix"],
            &args,
        ));
    }
    Ok(match word {
        Word::Pair => Choice::Pair(by_hand::read_target(&row.target).map_err(&bad)?),
        Word::PaidBy => {
            let (source, id) = by_hand::read_row(&row.target).map_err(&bad)?;
            Choice::PaidBy(source, id)
        }
        Word::Split => {
            let parts: Result<Vec<_>, String> = row.targets().map(by_hand::read_part).collect();
            Choice::Split(parts.map_err(&bad)?)
        }
        Word::Payout => {
            let days: Result<Vec<_>, String> = row.targets().map(by_hand::read_payout).collect();
            Choice::Payout(days.map_err(&bad)?)
        }
        Word::NotFee => Choice::Rule(Ruling::NotFee),
        Word::WriteOff => Choice::Rule(Ruling::WriteOff),
        Word::RefundRequested => Choice::Rule(Ruling::RefundRequested),
        Word::Undo => Choice::Undo,
    })
}
