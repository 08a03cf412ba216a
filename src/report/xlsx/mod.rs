//! `doisoat.xlsx`: the workbook of a night, for people who count. Every total is a formula over the
//! rows it sums, with its result stored, so that a program that does not calculate shows the right
//! figure and one that does can prove it; the sheet of checks holds the program's own figures
//! against these. Decisions are filled in on the sheet of exceptions and read back by `exceptions
//! import`, which [`columns`] is for.
//!
//! Nothing in it depends on a clock: the same night gives the same bytes.

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};

use crate::classify::Class;
use crate::domain::{AgencyCode, AgencyDirectory, Day, Lang};
use crate::settle::{Inputs, Settlement};
use crate::text;

use super::facts::{Figure, RunFacts};
use super::model::{
    CellTable, Classes, ExceptionView, Index, LinkView, RejectView, Report, ScopedShare, TrendRow,
    every, every_cell, every_reject, every_share, is_listed, trend,
};
use looks::Looks;
use sheet::{Result, Sheet};

pub mod columns;

mod ages;
mod balances;
mod bridge;
mod changes;
mod cells;
mod checks;
mod closed;
mod exceptions;
mod fee_table;
mod files;
mod gateways;
mod known;
mod links;
mod looks;
mod notes;
mod providers;
mod quality;
mod rates;
mod shares;
mod sheet;
mod summary;
mod table;
mod tie;

pub(super) use looks::day_format;
pub(super) use sheet::{is_exact, letters};

/// The name of the file.
pub const FILE: &str = "doisoat.xlsx";

/// A sheet holds this many rows of a table; more would open slowly where they open at all, and a
/// sheet ends at 1,048,576. What is beyond is counted, told, and stands in the CSV file.
pub const ROWS_MAX: usize = 200_000;

/// The trend goes back this many days.
const TREND_DAYS: u32 = 60;

/// Everything that the sheets tell.
struct Book<'a> {
    report: &'a Report,
    facts: &'a RunFacts,
    classes: &'a [Class],
    exceptions: Vec<ExceptionView>,
    /// The rows of `exceptions[]` of `run.json`, with their own amounts.
    listed: Figure,
    rejects: Vec<RejectView>,
    links: Vec<LinkView>,
    shares: Vec<ScopedShare>,
    cells: Vec<CellTable>,
    trend: Vec<TrendRow>,
    agencies: &'a AgencyDirectory,
    looks: Looks,
    rows_max: usize,
}

impl<'b> Book<'b> {
    fn lang(&self) -> Lang {
        self.report.lang
    }

    fn t(&self, key: &str) -> String {
        text::say(self.report.lang, key, &[])
    }

    /// A heading of figures that are of the night alone, by its key.
    fn of_night(&self, key: &str) -> String {
        self.report.heading_of_night(&self.t(key))
    }

    /// A heading of what is open after the night, by its key.
    fn at_end(&self, key: &str) -> String {
        self.report.heading_at_end(&self.t(key))
    }

    /// A heading of figures of the night or of the nights of the period, by its key.
    fn of_nights(&self, key: &str) -> String {
        self.report.heading_of_nights(&self.t(key))
    }

    /// A sentence, and which nights of the period tell none of their rows.
    fn with_untold_rows(&self, said: String) -> String {
        match &self.report.without_rows {
            Some(untold) => format!("{said} {untold}"),
            None => said,
        }
    }

    /// One of two messages, that of a night or that of a period; in a period whose nights do not
    /// tell their sums why there are none.
    fn intro(&self, of_night: &str, of_period: &str) -> String {
        let untold = self.report.untold.clone();
        untold.unwrap_or_else(|| self.report.say_of_nights(of_night, of_period))
    }

    /// The name of an agency, or its code.
    fn agency(&self, code: &AgencyCode) -> String {
        let name = self.agencies.on(code, self.facts.business_date);
        name.map_or_else(|| code.to_string(), |agency| agency.name.to_string())
    }

    /// A new sheet with the run and the page in its footer.
    fn sheet(&'b self, name: &str) -> Result<Sheet<'b>> {
        let run = ("run", self.facts.run_id.as_str());
        let footer = text::say(self.lang(), "book-footer", &[run]);
        Sheet::new(self.t(name), &self.looks, self.lang(), &footer)
    }
}

/// The workbook of a night.
pub fn render(
    report: &Report,
    inputs: &Inputs,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: &[Class],
) -> io::Result<Vec<u8>> {
    render_within(report, inputs, settlement, facts, classes, ROWS_MAX)
}

/// The same with at most so many rows in a table.
pub fn render_within(
    report: &Report,
    inputs: &Inputs,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: &[Class],
    rows_max: usize,
) -> io::Result<Vec<u8>> {
    let index = Index::new(inputs);
    let rows = settlement.rows.iter();
    let listed = rows.filter(|row| is_listed(row, row.severity, facts.business_date));
    let book = Book {
        listed: listed.map(|row| row.amount).collect(),
        exceptions: every(&index, settlement, facts, Classes(classes)),
        rejects: every_reject(inputs, facts.lang),
        links: links::rows(&index, settlement, facts),
        shares: every_share(&index, settlement, facts),
        cells: every_cell(&index, settlement, facts),
        trend: trend(
            facts,
            report.year.as_ref(),
            &report.night_totals,
            TREND_DAYS,
        ),
        agencies: &index.directory,
        looks: Looks::new(facts.lang),
        report,
        facts,
        classes,
        rows_max,
    };
    write(&book).map_err(io::Error::other)
}

fn write(book: &Book<'_>) -> Result<Vec<u8>> {
    let exceptions = exceptions::write(book)?;
    let ages = ages::write(book, &exceptions.1)?;
    let tie = tie::write(book)?;
    let carries = bridge::write_carries(book)?;
    let flows = bridge::write_flows(book)?;
    let (balance_sheet, balances) = balances::write(book)?.unzip();
    let (gateway_sheets, gateways) = apart(gateways::write(book)?);
    let shares = shares::write(book)?;
    let trend = shares::write_trend(book)?;
    let links = links::write(book)?;
    let fees = providers::write_fees(book)?;
    let rejects = providers::write_rejects(book)?;
    let sources = providers::write_sources(book)?;
    let notes = notes::write(book)?;
    let places = checks::Places {
        exceptions: &exceptions.1,
        ages: &ages.1,
        tie: &tie.1,
        carries: &carries.1,
        flows: &flows.1,
        balances: balances.as_ref(),
        gateways: gateways.as_ref(),
        shares: &shares.1,
        links: &links.1,
        fees: &fees.1,
        rejects: &rejects.1,
        sources: &sources.1,
    };
    let checks = checks::write(book, &places)?;
    let summary = summary::write(book, &checks.1, &trend.1)?;
    let mut sheets = vec![
        summary,
        checks.0,
        tie.0,
        shares.0,
        exceptions.0,
        ages.0,
        links.0,
        fees.0,
        rejects.0,
        sources.0,
        files::write(book)?,
        carries.0,
        flows.0,
        trend.0,
    ];
    sheets.extend(closed::write(book)?);
    sheets.extend(gateway_sheets);
    sheets.extend(cells::write(book)?);
    sheets.extend(quality::write(book)?);
    sheets.extend(balance_sheet);
    sheets.extend(fee_table::write(book)?);
    sheets.push(notes);
    if let Some(changes) = &book.report.changes {
        sheets.insert(1, changes::write(book, changes)?);
    }
    if let Some(known) = &book.report.known {
        sheets.splice(1..1, known::write(book, known)?);
    }
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(book)?);
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer()
}

/// Sheets, and where their figures stand.
type Apart = (Vec<Worksheet>, Option<[table::Written; 3]>);

/// The sheets of gateways, if there are any.
fn apart(gateways: Option<[(Worksheet, table::Written); 3]>) -> Apart {
    let Some([held, days, chain]) = gateways else {
        return (Vec::new(), None);
    };
    let places = [held.1, days.1, chain.1];
    (vec![held.0, days.0, chain.0], Some(places))
}

/// Who made it and for which night; the time of its making is the night's own.
fn properties(book: &Book<'_>) -> Result<DocProperties> {
    let properties = DocProperties::new()
        .set_title(book.report.title())
        .set_subject(book.facts.run_id.as_str())
        .set_author("doisoat")
        .set_creation_datetime(&start_of(book.report.business_date)?);
    Ok(properties)
}

fn start_of(day: Day) -> Result<ExcelDateTime> {
    let [year, month, day] = ["%Y", "%m", "%d"].map(|part| {
        let text = day.date().format(part).to_string();
        text.parse::<u16>().unwrap_or_default()
    });
    let short = |n: u16| u8::try_from(n).unwrap_or_default();
    ExcelDateTime::from_ymd(year, short(month), short(day))
}
