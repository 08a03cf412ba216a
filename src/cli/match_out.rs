//! The files that `match` writes, each whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::panic::resume_unwind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::classify::CLASSES;
use crate::domain::{FeeChecks, Inputs, Lang, Rules};
use crate::job::digest::{self, Digesting};
use crate::normalise::MatchInputs;
use crate::report::csv::{self, Style};
use crate::report::json::Timings;
use crate::report::{Calibration, Digests, json};
use crate::settle::{Lean, Settlement};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Rows read, whatever became of them.
pub(super) fn rows(inputs: &Inputs) -> u64 {
    let rows = inputs.fees.len() + inputs.txns.len() + inputs.receipts.len() + inputs.rejects.len();
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// What the files tell.
#[derive(Clone, Copy)]
pub(super) struct Settled<'a> {
    pub(super) settlement: &'a Settlement,
    /// The budget of false pairs, and the margin that it led to.
    pub(super) calibration: Option<Calibration>,
}

/// The files that the digest of the output covers.
const LINKS: &str = "links.csv";
const EXCEPTIONS: &str = "exceptions.csv";
const SUGGESTIONS: &str = "suggestions.csv";
const SHARE: &str = "share.csv";

/// Names of files with their digests.
type Written = Vec<(&'static str, Box<str>)>;

/// Writes every file of the contract but `timings.json`.
pub(super) fn write(
    out: &Path,
    read: &mut MatchInputs,
    rules: &Rules,
    settled: Settled,
    lang: Lang,
) -> Result<()> {
    let settlement = settled.settlement;
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let style = Style::plain(lang);
    let (links, rest) = std::thread::scope(|threads| {
        let links = threads.spawn(|| {
            write_whole(out, LINKS, &|to| {
                csv::write_links(to, &settlement.groups, style)
            })
        });
        let rest = write_rest(out, settlement, style);
        (
            links.join().unwrap_or_else(|panic| resume_unwind(panic)),
            rest,
        )
    });
    let mut written = rest?;
    written.push((LINKS, links?));
    let digests = Digests {
        input: digest::of_inputs(&mut read.inputs)?,
        rules: digest::of(&(VERSION, rules))?,
        output: digest::of_files(written),
    };
    let calibration = settled.calibration;
    let summary = json::summary_document(&read.inputs, settlement, VERSION, &digests, calibration);
    write_text(out, "summary.json", &summary)
}

/// Everything but the links, which are most of it, and the summary.
fn write_rest(out: &Path, settlement: &Settlement, style: Style) -> Result<Written> {
    let file = |name: &'static str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        write_whole(out, name, write).map(|sha256| (name, sha256))
    };
    Ok(vec![
        file(EXCEPTIONS, &|to| {
            let rows = csv::exceptions(settlement, CLASSES, style.lang);
            csv::write_exceptions(to, rows, style)
        })?,
        file(SUGGESTIONS, &|to| {
            csv::write_suggestions(to, &settlement.suggestions, style)
        })?,
        file(SHARE, &|to| {
            csv::write_shares(to, &settlement.shares, style)
        })?,
    ])
}

/// What the summary tells of a run beside its settlement.
pub(super) struct Told<'r> {
    /// The digest of the inputs.
    pub(super) input: Box<str>,
    pub(super) rules: &'r Rules,
    /// The budget of false pairs, and the margin that it led to.
    pub(super) calibration: Option<Calibration>,
}

/// The same of files that were settled without holding every row.
pub(super) fn write_lean(out: &Path, lean: &Lean, told: Told<'_>, lang: Lang) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let style = Style::plain(lang);
    let (links, rest, sums) = std::thread::scope(|threads| {
        let links =
            threads.spawn(|| write_whole(out, LINKS, &|to| csv::write_lean_links(to, lean, style)));
        let rest = write_lean_rest(out, lean, style);
        let sums = json::lean_sums(lean);
        let links = links.join().unwrap_or_else(|panic| resume_unwind(panic));
        (links, rest, sums)
    });
    let mut written = rest?;
    written.push((LINKS, links?));
    let digests = Digests {
        input: told.input,
        rules: digest::of(&(VERSION, told.rules))?,
        output: digest::of_files(written),
    };
    let summary = json::lean_summary(lean, sums, VERSION, &digests, told.calibration);
    write_text(out, "summary.json", &summary)
}

fn write_lean_rest(out: &Path, lean: &Lean, style: Style) -> Result<Written> {
    let file = |name: &'static str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        write_whole(out, name, write).map(|sha256| (name, sha256))
    };
    Ok(vec![
        file(EXCEPTIONS, &|to| {
            let rows = csv::exceptions_of(&lean.settled.rows, CLASSES, style.lang);
            csv::write_exceptions(to, rows, style)
        })?,
        file(SUGGESTIONS, &|to| {
            csv::write_suggestions(to, &lean.settled.suggestions, style)
        })?,
        file(SHARE, &|to| {
            csv::write_shares(to, &lean.settled.shares, style)
        })?,
    ])
}

/// What the fee table says; no digest covers it, as it decides nothing.
pub(super) fn write_fees(out: &Path, checks: &FeeChecks, lang: Lang) -> Result<()> {
    let style = Style::plain(lang);
    let write = |to: &mut dyn Write| csv::write_fee_findings(to, checks, style);
    write_whole(out, csv::FEE_FINDINGS, &write).map(drop)
}

pub(super) fn write_timings(out: &Path, times: &Timings) -> Result<()> {
    write_text(out, "timings.json", &json::timings_document(times))
}

fn write_text(out: &Path, name: &str, text: &str) -> Result<()> {
    write_whole(out, name, &|to| to.write_all(text.as_bytes())).map(drop)
}

/// Writes beside the name, syncs, renames; gives the digest of what was written.
fn write_whole(
    out: &Path,
    name: &str,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<Box<str>> {
    let (part, whole) = (out.join(format!(".{name}.tmp")), out.join(name));
    let done = || -> io::Result<Box<str>> {
        let mut to = BufWriter::new(Digesting::new(File::create(&part)?));
        write(&mut to)?;
        let (file, sha256) = to.into_inner()?.finish();
        file.sync_all()?;
        std::fs::rename(&part, &whole)?;
        Ok(sha256)
    };
    done()
        .inspect_err(|_| drop(std::fs::remove_file(&part)))
        .with_context(|| format!("{} cannot be written", whole.display()))
}
