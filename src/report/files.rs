//! All files of a night, and all files of `match`, as bytes: what [`super::publish`] puts in place.

use std::io;

use crate::classify::Class;
use crate::domain::Lang;
use crate::settle::{Inputs, Settlement};

use super::csv::{
    CLOSED, FEE_FINDINGS, Style, exceptions, night_exceptions, night_groups, night_shares,
    write_changes, write_closed, write_exceptions, write_fee_findings, write_links,
    write_night_exceptions, write_night_links, write_night_shares, write_period_links,
    write_shares, write_suggestions,
};
use super::facts::{Digests, RunFacts};
use super::model::{Index, Report};
use super::publish::OutFile;
use super::{html, json, pdf, xlsx};

/// Which kinds of files a night publishes; `run.json` is always among them, because the folder of
/// a night is recognised by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// `index.html`.
    pub html: bool,
    /// `doisoat.xlsx`.
    pub xlsx: bool,
    /// `exceptions.csv`, `links.csv`, `share.csv`.
    pub csv: bool,
    /// `doisoat.pdf`.
    pub pdf: bool,
}

impl Default for Formats {
    fn default() -> Self {
        Self {
            html: true,
            xlsx: true,
            csv: true,
            pdf: false,
        }
    }
}

/// The files of a night but `timings.json`. Where a source's own totals do not tie, the page says
/// so in red, as the PDF does, and no export is among them.
pub fn night_files(
    inputs: &Inputs,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: &[Class],
    formats: Formats,
) -> io::Result<Vec<OutFile>> {
    let report = Report::build(inputs, settlement, facts, classes);
    let mut files = Vec::new();
    if formats.html {
        files.push(OutFile::new("index.html", html::render(&report)));
    }
    if formats.pdf {
        files.push(OutFile::new(pdf::FILE, pdf::render(&report)?));
    }
    if formats.xlsx && !report.exports_withheld {
        let book = xlsx::render(&report, inputs, settlement, facts, classes)?;
        files.push(OutFile::new(xlsx::FILE, book));
    }
    if formats.csv && !report.exports_withheld {
        let style = Style::spreadsheet(facts.lang);
        let index = Index::new(inputs);
        let rows = night_exceptions(settlement, facts, classes);
        files.push(file("exceptions.csv", |to| {
            write_night_exceptions(to, rows, &index, style)
        })?);
        files.push(file("links.csv", |to| {
            if let Some(nights) = facts.of_nights() {
                return write_period_links(to, &nights.links, style);
            }
            write_night_links(to, night_groups(settlement, facts), &index, style)
        })?);
        if let Some(closed) = report.closed.as_deref().filter(|closed| !closed.is_empty()) {
            files.push(file(CLOSED, |to| write_closed(to, closed, style))?);
        }
        let shares = night_shares(settlement, facts);
        files.push(file("share.csv", |to| {
            write_night_shares(to, shares, &index, style)
        })?);
        if let Some(fees) = &facts.fees {
            files.push(file(FEE_FINDINGS, |to| {
                write_fee_findings(to, fees, style)
            })?);
        }
        if let Some(changes) = &report.changes {
            files.push(file("changes.csv", |to| write_changes(to, changes, style))?);
        }
    }
    files.push(OutFile::new(
        "run.json",
        json::run_document(inputs, settlement, facts, classes),
    ));
    Ok(files)
}

/// The files of `match` but `timings.json`: plain CSV, every row of the settlement.
pub fn match_files(
    inputs: &Inputs,
    settlement: &Settlement,
    program_version: &str,
    digests: &Digests,
    classes: &[Class],
    lang: Lang,
) -> io::Result<Vec<OutFile>> {
    let style = Style::plain(lang);
    let rows = exceptions(settlement, classes, lang);
    let summary = json::summary_document(inputs, settlement, program_version, digests, None);
    Ok(vec![
        file("links.csv", |to| write_links(to, &settlement.groups, style))?,
        file("exceptions.csv", |to| write_exceptions(to, rows, style))?,
        file("suggestions.csv", |to| {
            write_suggestions(to, &settlement.suggestions, style)
        })?,
        file("share.csv", |to| {
            write_shares(to, &settlement.shares, style)
        })?,
        OutFile::new("summary.json", summary),
    ])
}

fn file(name: &str, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<OutFile> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    Ok(OutFile::new(name, bytes))
}
