//! The files that `match` writes, each whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::panic::resume_unwind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::classify::CLASSES;
use crate::domain::{Inputs, Lang, Rules};
use crate::job::digest;
use crate::normalise::MatchInputs;
use crate::report::csv::{self, Style};
use crate::report::json::Timings;
use crate::report::{Calibration, Digests, json};
use crate::settle::Settlement;

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
    std::thread::scope(|threads| {
        let links = threads.spawn(|| {
            write_whole(out, "links.csv", &|to| {
                csv::write_links(to, &settlement.groups, style)
            })
        });
        let rest = write_rest(out, read, rules, settled, lang);
        let links = links.join().unwrap_or_else(|panic| resume_unwind(panic));
        links.and(rest)
    })
}

/// Everything but the links, which are most of it.
fn write_rest(
    out: &Path,
    read: &mut MatchInputs,
    rules: &Rules,
    settled: Settled,
    lang: Lang,
) -> Result<()> {
    let Settled {
        settlement,
        calibration,
    } = settled;
    let style = Style::plain(lang);
    let file = |name: &'static str, write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        write_whole(out, name, write)
    };
    file("exceptions.csv", &|to| {
        csv::write_exceptions(to, csv::exceptions(settlement, CLASSES, lang), style)
    })?;
    file("suggestions.csv", &|to| {
        csv::write_suggestions(to, &settlement.suggestions, style)
    })?;
    file("share.csv", &|to| {
        csv::write_shares(to, &settlement.shares, style)
    })?;
    let digests = Digests {
        input: digest::of_inputs(&mut read.inputs)?,
        rules: digest::of(&(env!("CARGO_PKG_VERSION"), rules))?,
        output: digest::of_files(settlement)?,
    };
    let version = env!("CARGO_PKG_VERSION");
    let summary = json::summary_document(&read.inputs, settlement, version, &digests, calibration);
    file("summary.json", &|to| to.write_all(summary.as_bytes()))
}

pub(super) fn write_timings(out: &Path, times: &Timings) -> Result<()> {
    let text = json::timings_document(times);
    write_whole(out, "timings.json", &|to| to.write_all(text.as_bytes()))
}

/// Writes beside the name, syncs, renames.
fn write_whole(
    out: &Path,
    name: &str,
    write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let (part, whole) = (out.join(format!(".{name}.tmp")), out.join(name));
    let done = || -> std::io::Result<()> {
        let mut to = BufWriter::new(File::create(&part)?);
        write(&mut to)?;
        to.flush()?;
        to.get_ref().sync_all()?;
        std::fs::rename(&part, &whole)
    };
    done()
        .inspect_err(|_| drop(std::fs::remove_file(&part)))
        .with_context(|| format!("{} cannot be written", whole.display()))
}
