//! The files that `match` writes, each whole or not at all.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::classify::CLASSES;
use crate::domain::{Inputs, Lang, Rules};
use crate::normalise::MatchInputs;
use crate::report::Figure;
use crate::report::csv::{self, Style};
use crate::settle::Settlement;

/// Seconds a stage; the only figures that two equal runs may differ in.
#[derive(Clone, Debug, Default)]
pub(super) struct Timings {
    stages: Vec<(&'static str, Duration)>,
    total: Duration,
    rows: u64,
}

impl Timings {
    pub(super) fn stage(&mut self, name: &'static str, took: Duration) {
        self.stages.push((name, took));
    }

    pub(super) fn total(&mut self, took: Duration, rows: usize) {
        self.total = took;
        self.rows = u64::try_from(rows).unwrap_or(u64::MAX);
    }

    /// JSON with decimal seconds, written by hand: no float ever holds them.
    fn document(&self) -> String {
        let stages: Vec<String> =
            self.stages.iter().map(|(name, took)| format!("\"{name}\":{}", seconds(*took))).collect();
        let per_second = u128::from(self.rows) * 1_000_000 / self.total.as_micros().max(1);
        let memory = peak_memory_kib().map_or_else(|| "null".to_owned(), |kib| kib.to_string());
        format!(
            "{{\"schema_version\":1,\"seconds\":{{{}}},\"total_seconds\":{},\"rows\":{},\
             \"rows_per_second\":{per_second},\"peak_memory_kib\":{memory}}}\n",
            stages.join(","),
            seconds(self.total),
            self.rows,
        )
    }
}

/// `12.345`.
pub(super) fn seconds(took: Duration) -> String {
    format!("{}.{:03}", took.as_secs(), took.subsec_millis())
}

/// The greatest memory the process held, by the kernel's word.
fn peak_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Rows read, whatever became of them.
pub(super) fn rows(inputs: &Inputs) -> usize {
    inputs.fees.len() + inputs.txns.len() + inputs.receipts.len() + inputs.rejects.len()
}

/// Writes every file of the contract but `timings.json`.
pub(super) fn write(
    out: &Path,
    read: &MatchInputs,
    rules: &Rules,
    settlement: &Settlement,
    lang: Lang,
) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let style = Style::plain(lang);
    let mut digests = BTreeMap::new();
    let mut file = |name: &'static str, write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        let digest = write_whole(out, name, write)?;
        digests.insert(name, digest);
        anyhow::Ok(())
    };
    file("links.csv", &|to| csv::write_links(to, &settlement.groups, style))?;
    file("exceptions.csv", &|to| {
        csv::write_exceptions(to, csv::exceptions(settlement, CLASSES, lang), style)
    })?;
    file("suggestions.csv", &|to| csv::write_suggestions(to, &settlement.suggestions, style))?;
    file("share.csv", &|to| csv::write_shares(to, &settlement.shares, style))?;
    let summary = summary(read, rules, settlement, digests)?;
    write_whole(out, "summary.json", &|to| to.write_all(summary.as_bytes()))?;
    Ok(())
}

pub(super) fn write_timings(out: &Path, times: &Timings) -> Result<()> {
    write_whole(out, "timings.json", &|to| to.write_all(times.document().as_bytes()))?;
    Ok(())
}

/// Writes beside the name, syncs, renames; tells the SHA-256 of the bytes.
fn write_whole(
    out: &Path,
    name: &str,
    write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>,
) -> Result<String> {
    let (part, whole) = (out.join(format!(".{name}.tmp")), out.join(name));
    let done = || -> std::io::Result<String> {
        let mut to = Digesting { to: BufWriter::new(File::create(&part)?), hash: Sha256::new() };
        write(&mut to)?;
        to.to.flush()?;
        to.to.get_ref().sync_all()?;
        std::fs::rename(&part, &whole)?;
        Ok(hex::encode(to.hash.finalize()))
    };
    done().with_context(|| format!("{} cannot be written", whole.display()))
}

struct Digesting {
    to: BufWriter<File>,
    hash: Sha256,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    schema_version: u32,
    version: &'static str,
    files: &'a [crate::normalise::inputs::FileCount],
    totals: BTreeMap<&'static str, Figure>,
    sources: Vec<Source<'a>>,
    classes: Vec<ClassFigure>,
    groups: BTreeMap<&'static str, u64>,
    legs: u64,
    suggestions: u64,
    digests: Digests,
}

#[derive(Serialize)]
struct Source<'a> {
    name: &'a str,
    complete: bool,
    rows: Figure,
    matched: Figure,
    open: Figure,
    rejected: Figure,
    excluded: Figure,
    ties: bool,
}

#[derive(Serialize)]
struct ClassFigure {
    side: &'static str,
    class: &'static str,
    count: u64,
    sum_vnd: i128,
}

#[derive(Serialize)]
struct Digests {
    input: Box<str>,
    rules: Box<str>,
    output: BTreeMap<&'static str, String>,
}

/// Counts, sums, control totals and digests.
fn summary(
    read: &MatchInputs,
    rules: &Rules,
    settlement: &Settlement,
    output: BTreeMap<&'static str, String>,
) -> Result<String> {
    let mut inputs = read.inputs.clone();
    let digests = Digests {
        input: crate::job::digest::of_inputs(&mut inputs)?,
        rules: crate::job::digest::of(&(env!("CARGO_PKG_VERSION"), rules))?,
        output,
    };
    let mut groups: BTreeMap<&'static str, u64> = BTreeMap::new();
    for group in &settlement.groups {
        *groups.entry(group.pass).or_default() += 1;
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let summary = Summary {
        schema_version: 1,
        version: env!("CARGO_PKG_VERSION"),
        files: &read.counts,
        totals: totals(&inputs),
        sources: sources(&inputs, settlement),
        classes: classes(settlement),
        groups,
        legs: settlement.groups.iter().map(|group| count(group.legs.len())).sum(),
        suggestions: count(settlement.suggestions.len()),
        digests,
    };
    Ok(serde_json::to_string_pretty(&summary)? + "\n")
}

fn totals(inputs: &Inputs) -> BTreeMap<&'static str, Figure> {
    BTreeMap::from([
        ("fees", inputs.fees.iter().map(|fee| fee.amount).collect()),
        ("transactions", inputs.txns.iter().map(|txn| txn.amount).collect()),
        ("receipts", inputs.receipts.iter().map(|receipt| receipt.amount).collect()),
        ("rejects", inputs.rejects.iter().map(|r| r.amount.unwrap_or_default()).collect()),
        ("conflicts", inputs.conflicts.iter().map(|c| c.largest).collect()),
    ])
}

/// Conservation per money source: what came in is what was decided.
fn sources<'a>(inputs: &'a Inputs, settlement: &Settlement) -> Vec<Source<'a>> {
    use crate::classify::Bucket;
    use crate::domain::Side;
    let mut buckets: BTreeMap<(&str, Bucket), Figure> = BTreeMap::new();
    for row in settlement.rows.iter().filter(|row| row.key.side == Side::Txn) {
        buckets.entry((row.key.source.as_str(), row.bucket)).or_default().add(row.amount);
    }
    let of = |facts: &'a crate::domain::SourceFacts| {
        let name = facts.name.as_str();
        let bucket = |bucket| buckets.get(&(name, bucket)).copied().unwrap_or_default();
        let mut rows = Figure::default();
        let txns = inputs.txns.iter().filter(|txn| txn.source == facts.name);
        txns.for_each(|txn| rows.add(txn.amount));
        let rejects = inputs.rejects.iter();
        rejects
            .filter(|reject| reject.side == Side::Txn && reject.source == facts.name)
            .for_each(|reject| rows.add(reject.amount.unwrap_or_default()));
        let (matched, open) = (bucket(Bucket::Matched), bucket(Bucket::Open));
        let (rejected, excluded) = (bucket(Bucket::Rejected), bucket(Bucket::Excluded));
        let mut decided = Figure::default();
        [matched, open, rejected, excluded].into_iter().for_each(|part| decided.plus(part));
        let complete = facts.state == crate::domain::Completeness::Complete;
        Source { name, complete, rows, matched, open, rejected, excluded, ties: decided == rows }
    };
    inputs.sources.iter().filter(|facts| facts.carries_money).map(of).collect()
}

fn classes(settlement: &Settlement) -> Vec<ClassFigure> {
    let mut figures: BTreeMap<(&'static str, &'static str), Figure> = BTreeMap::new();
    for row in &settlement.rows {
        figures.entry((row.key.side.id(), row.class)).or_default().add(row.amount);
    }
    let figure = |((side, class), figure): ((&'static str, &'static str), Figure)| ClassFigure {
        side,
        class,
        count: figure.count,
        sum_vnd: figure.sum_vnd,
    };
    figures.into_iter().map(figure).collect()
}
