//! A night's answers, read again out of the archive: the provider's own code pages, verifies and
//! cuts them, `normalise` makes rows of them, and nothing is asked or stored.

mod file;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, anyhow};

use super::super::desk::Desk;
use super::super::error::JobError;
use super::freshness::Freshness;
use super::{Opened, Stage, feed, open, probe, push, registry};
use crate::clock::FixedClock;
use crate::domain::{Day, PaymentOrder, SourceName};
use crate::normalise;
use crate::source::{ArchiveError, BoxFuture, Feed, Handle, Pace, Probe, RawSink, Told};
use crate::store::archive::Archive;
use crate::store::{Delivery, ExportFile, Reading, RegistryRows};

/// Bytes of the archive that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The request or file name.
    pub what: Box<str>,
    /// Their SHA-256.
    pub sha256: Box<str>,
    /// Why.
    pub why: String,
}

/// What came of one listing, one round of questions, or one file.
#[derive(Debug)]
pub enum Came {
    /// Rows of money, and the ids of those that only fill gaps.
    Money(Delivery, BTreeSet<Box<str>>),
    /// The rows of a registry's file, or of each dossier that its interface told.
    Registry(Vec<(ExportFile, RegistryRows)>),
    /// Nothing that is stored: a file that could not be read, or one that waits for its night.
    Nothing,
    /// Some bytes are not there any more.
    Lost(Vec<Lost>),
    /// The configuration names no such source any more.
    Unknown,
}

/// One listing, one round of questions, or one file, read again.
#[derive(Debug)]
pub struct Part {
    /// Who answered.
    pub source: SourceName,
    /// What was asked for: days, orders, or a file.
    pub asked: String,
    /// Answers of which it was made.
    pub answers: usize,
    /// What came of it.
    pub came: Came,
}

/// Reads the answers to `night` again, in the order in which they came.
pub async fn read(desk: &Desk, night: Day, readings: &[Reading]) -> Result<Vec<Part>, JobError> {
    let mut groups: BTreeMap<(&SourceName, u32), Vec<&Reading>> = BTreeMap::new();
    for reading in readings {
        let key = (&reading.source, reading.part);
        groups.entry(key).or_default().push(reading);
    }
    let mut parts = Vec::new();
    for ((source, _), answers) in groups {
        desk.checkpoint()?;
        let came = one(desk, night, source, &answers).await?;
        let (of, came) = came;
        let first = answers.first();
        let asked = first.map_or("", |first| match &*first.asked {
            "" => &first.what,
            asked => asked,
        });
        parts.push(Part {
            source: of.unwrap_or_else(|| source.clone()),
            asked: asked.to_owned(),
            answers: answers.len(),
            came,
        });
    }
    Ok(parts)
}

/// One part: the desk as it stood then, its clock at the instant of the pull. Tells whose rows came
/// of it where they are another source's.
async fn one(
    desk: &Desk,
    night: Day,
    source: &SourceName,
    answers: &[&Reading],
) -> Result<(Option<SourceName>, Came), JobError> {
    let known = desk.config.sources.iter().any(|s| s.name == *source);
    let (Some(first), true) = (answers.first(), known) else {
        return Ok((None, Came::Unknown));
    };
    let tape = match Tape::of(&desk.archive, answers) {
        Ok(tape) => tape,
        Err(lost) => return Ok((None, Came::Lost(lost))),
    };
    let then = Desk {
        clock: Arc::new(FixedClock::new(first.pulled_at_ms)),
        pace: Pace {
            sleep: Arc::new(|_| Box::pin(async {})),
            ..desk.pace.clone()
        },
        ..desk.clone()
    };
    let Some(Opened { settings, handle }) = open(&then, Some(source))?.into_iter().next() else {
        return Ok((None, Came::Unknown));
    };
    let freshness = Freshness::of(&then, night, first.pulled_at_ms, None)?;
    let stage = Stage::new(&then, &settings, night, &Arc::new(freshness));
    let came = match handle {
        Handle::Feed(feed) => listing(&stage, &*feed, first, &tape).await,
        Handle::Probe(probe) => questions(&stage, &*probe, &tape).await,
        Handle::Folder(_) => file::registry(&stage, first, &tape).await,
        Handle::Files(files) => file::statement(&stage, &files, first).await,
        Handle::Registry(interface) => {
            let rows = registry::again(&stage, &*interface, &first.asked, &tape).await?;
            Ok(Came::Registry(rows))
        }
        Handle::Push(push) => {
            let (of, delivery) = push::again(&stage, &push, &bytes_of(answers, &tape)).await?;
            return Ok((Some(of), Came::Money(delivery, BTreeSet::new())));
        }
    };
    Ok((None, came?))
}

/// The bytes of each answer by its name.
fn bytes_of(answers: &[&Reading], tape: &Tape) -> Vec<(Box<str>, Vec<u8>)> {
    let bytes = |answer: &&Reading| match tape.told(&answer.what)? {
        Told::Bytes(bytes) => Some((answer.what.clone(), bytes)),
        Told::Absent | Told::Nothing => None,
    };
    answers.iter().filter_map(bytes).collect()
}

async fn listing(
    stage: &Stage,
    feed: &dyn Feed,
    first: &Reading,
    tape: &Tape,
) -> Result<Came, JobError> {
    let days = first.asked.split_once('/');
    let days = days.and_then(|(from, to)| Some((Day::parse(from).ok()?, Day::parse(to).ok()?)));
    let (from, to) = days.with_context(|| format!("\"{}\" is no listing", first.asked))?;
    let pull = feed.list(from..=to, tape).await;
    let pull = pull.map_err(|error| anyhow!(error))?;
    let (_, delivery) = feed::delivery(stage, &pull, &(from..=to)).await?;
    Ok(Came::Money(delivery, BTreeSet::new()))
}

async fn questions(stage: &Stage, probe: &dyn Probe, tape: &Tape) -> Result<Came, JobError> {
    let Some(Told::Bytes(asked)) = tape.told(probe::ORDERS) else {
        return Ok(Came::Nothing);
    };
    let orders: Vec<PaymentOrder> = serde_json::from_slice(&asked).context("the orders asked")?;
    let pull = probe.ask(&orders, tape).await;
    let pull = pull.map_err(|error| anyhow!(error))?;
    let implied = normalise::read_records(&pull.implied, &stage.context(None));
    let implied = implied.txns.iter().map(|txn| (*txn.id).into()).collect();
    let (delivery, _) = probe::delivery(stage, &pull, &orders, &implied).await?;
    Ok(Came::Money(delivery, implied))
}

/// Answers by their question, in their order, instead of the source.
#[derive(Debug)]
struct Tape {
    told: Mutex<BTreeMap<Box<str>, VecDeque<Told>>>,
}

impl Tape {
    /// Takes every answer out of the archive, or tells which are lost.
    fn of(archive: &Archive, answers: &[&Reading]) -> Result<Self, Vec<Lost>> {
        let (mut told, mut lost) = (BTreeMap::<Box<str>, VecDeque<Told>>::new(), Vec::new());
        for answer in answers {
            let bytes = match &answer.sha256 {
                None => Ok(Told::Absent),
                Some(sha256) => archive.get(sha256).map(Told::Bytes).map_err(|error| Lost {
                    what: answer.what.clone(),
                    sha256: sha256.clone(),
                    why: error.to_string(),
                }),
            };
            match bytes {
                Ok(bytes) => told
                    .entry(answer.what.clone())
                    .or_default()
                    .push_back(bytes),
                Err(gone) => lost.push(gone),
            }
        }
        if lost.is_empty() {
            let told = Mutex::new(told);
            Ok(Self { told })
        } else {
            Err(lost)
        }
    }
}

impl RawSink for Tape {
    fn keep<'a>(
        &'a self,
        _source: &'a SourceName,
        _what: &'a str,
        _bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async { Ok(String::new()) })
    }

    fn is_replay(&self) -> bool {
        true
    }

    fn told(&self, what: &str) -> Option<Told> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let next = told.get_mut(what).and_then(VecDeque::pop_front);
        Some(next.unwrap_or(Told::Nothing))
    }
}
