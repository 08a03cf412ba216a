//! The folder of a night: every file from the decided night, staged, then revealed.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow};

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use super::what_if;
use crate::classify::CLASSES;
use crate::config::Format;
use crate::domain::{Day, RunId};
use crate::report::csv::{self, Style};
use crate::report::model::{Index, VersionChanges, every_closed};
use crate::report::publish::{self, OutFile, Staged, TIMINGS};
use crate::report::{Report, RunFacts, html, json, pdf, xlsx};
use crate::settle::{Inputs, SettleError, Settlement};
use crate::store::{KeptFile, RunRecord};
use crate::text;

/// How long each stage took.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<(Box<str>, Duration)>);

impl Times {
    pub(super) fn add(&mut self, stage: &str, took: Duration) {
        self.0.push((stage.into(), took));
    }

    /// Stages in the order of a night, with the time that each took.
    pub fn stages(&self) -> &[(Box<str>, Duration)] {
        &self.0
    }

    /// All stages together, in milliseconds.
    pub fn total_ms(&self) -> u64 {
        let total: Duration = self.0.iter().map(|(_, took)| *took).sum();
        u64::try_from(total.as_millis()).unwrap_or(u64::MAX)
    }

    fn document(&self, pool: &Inputs) -> String {
        let rows = pool.fees.len() + pool.txns.len() + pool.receipts.len() + pool.rejects.len();
        json::timings_document(&json::Timings {
            stages: self.0.clone(),
            rows: u64::try_from(rows).unwrap_or(u64::MAX),
            peak_memory_bytes: peak_memory_bytes(),
        })
    }
}

/// The greatest memory the process held, by the kernel's word.
pub fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1024)
}

/// Where the night is visible.
pub(super) fn folder(desk: &Desk, day: Day) -> PathBuf {
    desk.config.report_dir.join(day.to_string())
}

/// `run.json` of the night.
pub(super) fn run_json(pool: &Inputs, settlement: &Settlement, facts: &RunFacts) -> String {
    json::run_document(pool, settlement, facts, CLASSES)
}

/// Keeps the bytes of every file in the archive, so that the night can be shown as published
/// whatever arrives later; tells the digest of each.
pub(super) fn keep(desk: &Desk, files: &[OutFile]) -> Result<Vec<KeptFile>, JobError> {
    let kept = files.iter().map(|file| {
        let archived = desk.archive.put(&file.bytes)?;
        Ok((file.name.clone(), archived.sha256.into()))
    });
    kept.collect()
}

/// The files of a run as they were published; none where the archive does not hold all of them.
pub(super) fn kept(desk: &Desk, run: &RunRecord) -> Option<Vec<OutFile>> {
    let file = |(name, sha256): &KeptFile| {
        let bytes = desk.archive.get(sha256).ok()?;
        Some(OutFile::new(name, bytes))
    };
    let files: Option<Vec<OutFile>> = run.files.iter().map(file).collect();
    files.filter(|files| !files.is_empty())
}

/// The format a file belongs to.
fn format_of(name: &str) -> Option<Format> {
    match name {
        "index.html" => Some(Format::Html),
        "run.json" => Some(Format::Json),
        pdf::FILE => Some(Format::Pdf),
        xlsx::FILE => Some(Format::Xlsx),
        "exceptions.csv"
        | "links.csv"
        | "share.csv"
        | "changes.csv"
        | csv::CLOSED
        | csv::FEE_FINDINGS => Some(Format::Csv),
        _ => None,
    }
}

/// Those of the files that belong to the formats; `run.json` is always one.
pub(super) fn chosen(files: Vec<OutFile>, formats: &[Format]) -> Vec<OutFile> {
    let wanted = |file: &OutFile| {
        let format = format_of(&file.name);
        format.is_none_or(|format| format == Format::Json || formats.contains(&format))
    };
    files.into_iter().filter(wanted).collect()
}

/// The formats that the files belong to.
pub(super) fn formats_of(files: &[KeptFile]) -> Vec<Format> {
    let formats = files.iter().filter_map(|(name, _)| format_of(name));
    let mut formats: Vec<Format> = formats.collect();
    formats.sort();
    formats.dedup();
    formats
}

/// True when a file of the format is among them.
pub(super) fn has(files: &[OutFile], format: Format) -> bool {
    files
        .iter()
        .any(|file| format_of(&file.name) == Some(format))
}

/// Builds the hidden folder and makes it durable.
pub(super) fn write(
    desk: &Desk,
    decided: &Decided,
    mut files: Vec<OutFile>,
    times: &Times,
) -> Result<Staged, JobError> {
    files.push(OutFile::new(TIMINGS, times.document(&decided.pool)));
    let run = &decided.run;
    let name = run.business_date.to_string();
    let staged = publish::stage(&desk.config.report_dir, &name, &run.id, &files);
    Ok(staged.map_err(|error| anyhow!(error))?)
}

/// Makes it visible.
pub(super) fn reveal(staged: &Staged) -> Result<PathBuf, JobError> {
    Ok(publish::reveal(staged).map_err(|error| anyhow!(error))?)
}

/// Every file that digests cover. A night whose source contradicts itself exports nothing.
pub(super) fn files(desk: &Desk, decided: &Decided) -> Result<Vec<OutFile>, JobError> {
    let Decided {
        run,
        pool,
        settlement,
        rules,
        prior,
        facts,
        ..
    } = decided;
    if let Some(lost) = &rules.fee_table.lost {
        return Err(without_table(desk, run, lost));
    }
    let formats = &desk.config.formats;
    let mut files = vec![OutFile::new("run.json", run.run_json.as_bytes())];
    let page = formats.contains(&Format::Html);
    let book = formats.contains(&Format::Xlsx) && facts.ties();
    let paper = formats.contains(&Format::Pdf);
    if page || book || paper {
        // only the page shows it: what is checked or asked for otherwise is not settled seven times
        let grid = || what_if::grid_of(pool, rules, prior, settlement);
        let facts = RunFacts {
            what_if: if page && !facts.is_told_later() {
                grid()
            } else {
                Vec::new()
            },
            ..facts.clone()
        };
        let report = Report::build(pool, settlement, &facts, CLASSES);
        if page {
            files.push(OutFile::new("index.html", html::render(&report)));
        }
        if paper {
            let paper = pdf::render(&report).context("the PDF of the night")?;
            files.push(OutFile::new(pdf::FILE, paper));
        }
        if book {
            let book = xlsx::render(&report, pool, settlement, &facts, CLASSES);
            let book = book.context("the workbook of the night")?;
            files.push(OutFile::new(xlsx::FILE, book));
        }
    }
    if formats.contains(&Format::Csv) && facts.ties() {
        files.extend(tables(pool, settlement, facts).context("the tables of the night")?);
    }
    spell(desk, &mut files);
    Ok(files)
}

/// The fee table that the run was told with is gone, and today's is another.
pub(super) fn without_table(desk: &Desk, run: &RunRecord, digest: &str) -> JobError {
    let digest = digest.get(..12).unwrap_or(digest);
    let args = [("run", run.id.as_str()), ("digest", digest)];
    let say = |key| text::say(desk.config.lang, key, &args);
    JobError::Usage {
        message: say("fee-table-lost"),
        fix: say("fee-table-lost-fix"),
    }
}

/// Tables with the configured separator.
pub(super) fn spell(desk: &Desk, files: &mut [OutFile]) {
    separate(desk.config.csv_semicolons, files);
}

/// True for a CSV file.
pub(super) fn is_table(name: &str) -> bool {
    name.rsplit('.').next() == Some("csv")
}

/// Tables with `;` and decimal commas, or with `,` and decimal points.
pub(super) fn separate(semicolons: bool, files: &mut [OutFile]) {
    for file in files.iter_mut().filter(|file| is_table(&file.name)) {
        file.bytes = csv::separated(&file.bytes, semicolons);
    }
}

fn tables(
    pool: &Inputs,
    settlement: &Settlement,
    facts: &RunFacts,
) -> std::io::Result<Vec<OutFile>> {
    let names = Index::new(pool);
    let style = Style::spreadsheet(facts.lang);
    let (mut exceptions, mut links, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let rows = csv::night_exceptions(settlement, facts, CLASSES);
    csv::write_night_exceptions(&mut exceptions, rows, &names, style)?;
    if let Some(nights) = facts.of_nights() {
        csv::write_period_links(&mut links, &nights.links, style)?;
    } else {
        let groups = csv::night_groups(settlement, facts);
        csv::write_night_links(&mut links, groups, &names, style)?;
    }
    let of_night = csv::night_shares(settlement, facts);
    csv::write_night_shares(&mut shares, of_night, &names, style)?;
    let mut files = vec![
        OutFile::new("exceptions.csv", exceptions),
        OutFile::new("links.csv", links),
        OutFile::new("share.csv", shares),
    ];
    let closed = every_closed(&names, settlement, facts, CLASSES);
    if !closed.is_empty() {
        let mut rows = Vec::new();
        csv::write_closed(&mut rows, &closed, style)?;
        files.push(OutFile::new(csv::CLOSED, rows));
    }
    if let Some(fees) = &facts.fees {
        let mut findings = Vec::new();
        csv::write_fee_findings(&mut findings, fees, style)?;
        files.push(OutFile::new(csv::FEE_FINDINGS, findings));
    }
    if let Some(replaced) = &facts.replaced {
        let mut changes = Vec::new();
        let told = VersionChanges::named(replaced, &names, facts.lang);
        csv::write_changes(&mut changes, &told, style)?;
        files.push(OutFile::new("changes.csv", changes));
    }
    Ok(files)
}

/// Our own proof failed: what was found goes to `failed/<run id>/`, and nothing is published.
pub(super) fn diagnosis(desk: &Desk, id: &RunId, error: &SettleError) -> JobError {
    let dir = desk.config.report_dir.join("failed").join(id.as_str());
    let text = format!(
        "{error}\n\nrun {id}\nversion {}\n",
        env!("CARGO_PKG_VERSION")
    );
    let written = std::fs::create_dir_all(&dir)
        .and_then(|()| std::fs::write(dir.join("diagnosis.txt"), text));
    match written {
        Ok(()) => JobError::Other(anyhow!("{error}; see {}", dir.display())),
        Err(io) => JobError::Other(anyhow!(
            "{error}; {} cannot be written: {io}",
            dir.display()
        )),
    }
}
