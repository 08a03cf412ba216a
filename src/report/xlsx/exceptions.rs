//! The work list: one row an exception, with cells to decide in.

use std::collections::BTreeSet;

use rust_xlsxwriter::{
    Color, ConditionalFormat3ColorScale, DataValidation, DataValidationErrorStyle, FilterCondition,
    Worksheet,
};

use crate::classify::Severity;
use crate::domain::Side;
use crate::report::model::ExceptionView;
use crate::text;

use super::columns::{
    self, AGE, AMOUNT, ASSIGNEE, AT_RISK, COLUMNS, Choice, DECISION, FIRST_ROW, KEY_ROW, NOTE,
    REASON, TARGET, place,
};
use super::looks::Look;
use super::sheet::{Cell, Result, Sheet};
use super::table::{Column, Head, Written};
use super::{Book, notes};

pub(super) fn write(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-exceptions")?;
    let title = book.at_end("sheet-exceptions");
    let shown = place("severity").unwrap_or(0);
    let head = Head {
        title_row: 1,
        first_col: shown,
        freeze_col: place("agency").unwrap_or(0),
        // the rest of a decision needs no room on paper
        last_printed: place(DECISION),
        ..Head::new(&title, "", "exceptions.csv")
    };
    let table: Vec<Column> = COLUMNS.iter().map(|column| of(book, column)).collect();
    let page = on_page(book);
    let rows = book.exceptions.iter().map(|view| cells(book, view, &page));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    keys(&mut sheet)?;
    work_first(book, &mut sheet, &written)?;
    let last = written.last_row();
    inputs(book, &mut sheet, last)?;
    let age = place(AGE).unwrap_or(0);
    let scale = ConditionalFormat3ColorScale::new()
        .set_minimum_color(Color::White)
        .set_midpoint_color(Color::RGB(0xFE_F3C7))
        .set_maximum_color(Color::RGB(0xFC_A5A5));
    sheet
        .to
        .add_conditional_format(FIRST_ROW, age, last, age, &scale)?;
    Ok((sheet.to, written))
}

/// Shows what somebody has to look at; the rest is there when the filter is taken away. Totals are
/// over what is shown.
fn work_first(book: &Book<'_>, sheet: &mut Sheet<'_>, written: &Written) -> Result<()> {
    let informs = |view: &&ExceptionView| view.severity == Severity::Info;
    let held = || book.exceptions.iter().take(written.rows);
    if held().all(|view| informs(&view)) || !held().any(|view| informs(&view)) {
        return Ok(());
    }
    let shown = FilterCondition::new()
        .add_list_filter(severity(book, Severity::Action).as_str())
        .add_list_filter(severity(book, Severity::Warn).as_str());
    sheet
        .to
        .filter_column(place("severity").unwrap_or(0), &shown)?;
    let sum: i128 = held()
        .filter(|view| !informs(view))
        .map(|view| Cell::Money(view.amount.wide()).number())
        .sum();
    let own = held().filter(|view| !informs(view));
    let own = own.map(|view| Cell::Money(view.own.wide()).number()).sum();
    sheet.total(written, place(AMOUNT).unwrap_or(0), own, Look::Money)?;
    sheet.total(written, place(AT_RISK).unwrap_or(0), sum, Look::Money)
}

fn of(book: &Book<'_>, column: &columns::Column) -> Column {
    let heading = columns::heading(book.lang(), column.key);
    match column.key {
        AMOUNT | AT_RISK => Column::total(heading, column.width, Look::Money),
        AGE => Column::figures(heading, column.width),
        _ => Column::new(heading, column.width),
    }
}

/// The hidden row by which a reader finds the columns.
fn keys(sheet: &mut Sheet<'_>) -> Result<()> {
    let looks = sheet.looks;
    for (col, column) in (0_u16..).zip(&COLUMNS) {
        sheet.say(KEY_ROW, col, column.key, &looks.intro)?;
        if (place(DECISION)..=place(columns::DECIDED_BY)).contains(&Some(col)) {
            let heading = columns::heading(sheet.lang, column.key);
            sheet.say(columns::HEADING_ROW, col, &heading, &looks.input_heading)?;
        }
    }
    sheet.to.set_row_hidden(KEY_ROW)?;
    Ok(())
}

/// The ids of those that have a place on the page: fewer than a sheet may hold links (65,530).
fn on_page<'b>(book: &'b Book<'_>) -> BTreeSet<&'b str> {
    let list = &book.report.exceptions;
    let shown = list.shown.iter().map(|view| &*view.id);
    shown
        .chain(list.lines().map(|view| view.id.as_str()))
        .collect()
}

fn cells(book: &Book<'_>, view: &ExceptionView, page: &BTreeSet<&str>) -> Vec<Cell> {
    let text = |texts: &[String]| Cell::Text(texts.join("; "));
    let origin = view.origin.as_ref();
    let digest = origin.filter(|origin| !origin.sha256.is_empty());
    let [ruling, ruled_by, ruled_on, ruled_reason] = ruled(view);
    let mut evidence = view.evidence.clone();
    if evidence.is_empty() {
        evidence.push(view.explanation.clone());
    }
    let facts: Vec<String> = view
        .facts
        .iter()
        .map(|fact| format!("{}: {}", fact.label, fact.value))
        .collect();
    vec![
        Cell::Code(view.id.to_string()),
        Cell::Code(view.class.to_string()),
        Cell::Code(book.facts.run_id.to_string()),
        Cell::Whole(view.work.into()),
        Cell::Text(severity(book, view.severity)),
        Cell::Text(view.label.clone()),
        if view.deciding {
            Cell::Text(book.t("badge-deciding"))
        } else {
            Cell::Blank
        },
        Cell::Text(view.status().word(book.lang())),
        Cell::Code(view.dossier.clone()),
        Cell::Text(view.agency.clone()),
        Cell::Money(view.amount.wide()),
        Cell::Whole(view.age_days.into()),
        text(&evidence),
        Cell::Text(view.advice.clone()),
        Cell::Input,
        Cell::Input,
        Cell::Filled(view.assignee.to_string()),
        Cell::Input,
        Cell::Input,
        Cell::Input,
        ruling,
        ruled_by,
        ruled_on,
        ruled_reason,
        Cell::Text(view.note.clone()),
        link(book, view, page),
        Cell::Money(view.own.wide()),
        elsewhere(book, view),
        Cell::Day(view.opened_on),
        view.due_on().map_or(Cell::Blank, Cell::Day),
        Cell::Text(view.suggestions.first().cloned().unwrap_or_default()),
        text(&view.nearest),
        text(&view.also),
        Cell::Text(side(book, view.side)),
        Cell::Code(view.source.to_string()),
        Cell::Code(view.row_id.to_string()),
        text(&facts),
        origin.map_or(Cell::Blank, |origin| Cell::Code(origin.name.to_string())),
        origin.map_or(Cell::Blank, |origin| Cell::Whole(origin.line.into())),
        digest.map_or(Cell::Blank, |origin| Cell::Code(origin.sha256.to_string())),
        view.letter.as_ref().map_or(Cell::Blank, |(to, said)| {
            Cell::Lines(vec![to.clone(), said.clone()])
        }),
        Cell::Code(view.assignee.to_string()),
    ]
}

/// To its place on the page, where it has one.
fn link(book: &Book<'_>, view: &ExceptionView, page: &BTreeSet<&str>) -> Cell {
    if !page.contains(&*view.id) {
        return Cell::Blank;
    }
    let place = format!("index.html#e-{}", view.id);
    Cell::Link(place, book.t("book-link-word"))
}

/// What was ruled on it so far, by whom, when and why.
fn ruled(view: &ExceptionView) -> [Cell; 4] {
    let Some(ruled) = &view.ruled else {
        return [Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank];
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    let day = Cell::Day(ruled.on);
    [text(&ruled.what), text(&ruled.by), day, text(&ruled.reason)]
}

/// What is at stake and where it is counted, where it is not at this row: a sum over the rows holds
/// the money once.
pub(super) fn elsewhere(book: &Book<'_>, view: &ExceptionView) -> Cell {
    if view.counted.is_here() {
        return Cell::Blank;
    }
    Cell::Text(view.stake(book.lang()))
}

pub(super) fn severity(book: &Book<'_>, severity: Severity) -> String {
    book.t(match severity {
        Severity::Action => "severity-action",
        Severity::Warn => "severity-warn",
        Severity::Info => "severity-info",
    })
}

fn side(book: &Book<'_>, side: Side) -> String {
    book.t(match side {
        Side::Fee => "side-fee",
        Side::Receipt => "side-receipt",
        Side::Txn => "side-txn",
    })
}

/// What may be filled in: a list for the decision, which refuses other words; a list for the
/// reason and for who is to settle it, which take any; a word on what the target and the note are.
fn inputs(book: &Book<'_>, sheet: &mut Sheet<'_>, last: u32) -> Result<()> {
    let lang = book.lang();
    let words: Vec<String> = Choice::ALL.map(|choice| choice.word(lang)).to_vec();
    let decision = DataValidation::new()
        .allow_list_strings(&words)?
        .set_input_title(columns::heading(lang, DECISION))?
        .set_input_message(book.t("book-decision-help"))?
        .set_error_title(columns::heading(lang, DECISION))?
        .set_error_message(book.t("book-decision-error"))?
        .set_error_style(DataValidationErrorStyle::Stop);
    let target = DataValidation::new()
        .allow_any_value()
        .set_input_title(columns::heading(lang, TARGET))?
        .set_input_message(book.t("book-target-help"))?;
    let reasons = [
        "reason-statement",
        "reason-bank",
        "reason-payer",
        "reason-mistyped",
        "reason-other",
    ];
    let reasons: Vec<String> = reasons.map(|key| text::say(lang, key, &[])).to_vec();
    let reason = DataValidation::new()
        .allow_list_strings(&reasons)?
        .show_error_message(false);
    let mut rules = vec![(DECISION, decision), (TARGET, target), (REASON, reason)];
    // other names are taken too
    let people = DataValidation::new()
        .allow_list_formula(notes::people_range(book).as_str().into())
        .set_input_title(columns::heading(lang, ASSIGNEE))?
        .set_input_message(book.t("book-people-help"))?
        .show_error_message(false);
    rules.push((ASSIGNEE, people));
    let note = DataValidation::new()
        .allow_any_value()
        .set_input_title(columns::heading(lang, NOTE))?
        .set_input_message(book.t("book-note-help"))?;
    rules.push((NOTE, note));
    for (key, rule) in rules {
        let col = place(key).unwrap_or(0);
        sheet
            .to
            .add_data_validation(FIRST_ROW, col, last, col, &rule)?;
    }
    Ok(())
}
