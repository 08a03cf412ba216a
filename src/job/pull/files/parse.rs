//! The work on one archived file, off the asynchronous threads: the first reading tells whether it
//! is whole, the second makes rows of it, a chunk at a time.

use std::io::{self, BufReader, Read};

use tokio::sync::mpsc::Sender;

use super::super::Stage;
use crate::domain::Day;
use crate::format::message::Piece;
use crate::format::{Content, FormatError, HEAD, MessageKind};
use crate::job::error::JobError;
use crate::normalise::statement::open::{self, Table};
use crate::normalise::statement::rows::{Made, Maker};
use crate::normalise::statement::{
    Nets, Reading, Statement, each_entry, message, read_message, read_table,
};
use crate::normalise::{SourceContext, Window};
use crate::source::{FileSource, Mapping};
use crate::store::archive::Archive;

/// Rows that are stored together.
const CHUNK: usize = 5_000;

/// A file after the first reading.
pub(in crate::job) enum Scanned {
    /// To be read again, entry by entry.
    Message(MessageKind, Reading),
    /// Held as a whole, or a text that is to be walked again.
    Table(Box<(Table<'static>, Vec<Statement>, Reading)>),
}

impl Scanned {
    /// What it tells.
    pub(in crate::job) fn reading(&self) -> &Reading {
        match self {
            Self::Message(_, reading) => reading,
            Self::Table(table) => &table.2,
        }
    }

    /// The first of its dates of which the order of day and month had to be assumed.
    pub(super) fn assumed(&self) -> Option<(&str, Day, &'static str)> {
        let Self::Table(held) = self else { return None };
        held.1.iter().find_map(Statement::assumed)
    }

    /// The form of its dates, where they alone told that the month stands first.
    pub(super) fn turned(&self) -> Option<&'static str> {
        let Self::Table(held) = self else { return None };
        held.1.iter().find_map(Statement::turned)
    }

    /// Its rows that do not add up with their fees, a line for each statement.
    pub(super) fn nets(&self) -> impl Iterator<Item = &Nets> {
        let held = match self {
            Self::Table(held) => &*held.1,
            Self::Message(..) => &[],
        };
        held.iter().filter_map(|statement| statement.nets.as_ref())
    }
}

/// Reads an archived file to its end.
pub(in crate::job) fn scan(
    archive: &Archive,
    sha256: &str,
    mapping: &Mapping,
) -> Result<Result<Scanned, FormatError>, JobError> {
    let mut content = archive.open_stream(sha256)?;
    let mut head = Vec::new();
    let limit = u64::try_from(HEAD).unwrap_or(u64::MAX);
    if let Err(error) = content.by_ref().take(limit).read_to_end(&mut head) {
        return Ok(Err(error.into()));
    }
    if let Some(kind) = MessageKind::of_head(&head) {
        let mut whole = BufReader::new(head.chain(content));
        let reading = read_message(kind, &mut whole);
        return Ok(reading.map(|reading| Scanned::Message(kind, reading)));
    }
    drop(content);
    Ok(scan_table(archive, sha256, mapping))
}

fn scan_table(archive: &Archive, sha256: &str, mapping: &Mapping) -> Result<Scanned, FormatError> {
    let content = Kept {
        archive: archive.clone(),
        sha256: sha256.to_owned(),
    };
    let table = open::open(Box::new(content), open::forms(mapping), mapping)?;
    let (reading, statements) = read_table(&table, mapping)?;
    Ok(Scanned::Table(Box::new((table, statements, reading))))
}

/// An archived file.
struct Kept {
    archive: Archive,
    sha256: String,
}

impl Content for Kept {
    fn open(&self) -> io::Result<(u64, Box<dyn Read + Send + '_>)> {
        let stream = self.archive.open_stream(&self.sha256);
        // how long it is unpacked is seen when it is read
        Ok((0, stream.map_err(io::Error::other)?))
    }
}

/// The second reading.
pub(in crate::job) struct Job {
    pub(in crate::job) archive: Archive,
    pub(in crate::job) sha256: String,
    pub(in crate::job) file: Box<str>,
    pub(in crate::job) files: FileSource,
    pub(in crate::job) account: Option<Box<str>>,
    pub(in crate::job) context: SourceContext,
}

impl Job {
    /// The job on the archived bytes of a file that tells up to `day`.
    pub(in crate::job) fn of(
        stage: &Stage,
        files: &FileSource,
        read: (&str, &str),
        day: Day,
    ) -> Self {
        let (sha256, name) = read;
        let last = stage.desk.last_closed_day().max(stage.night);
        let window = Window {
            from: day,
            to: last,
        };
        Self {
            archive: stage.desk.archive.clone(),
            sha256: sha256.to_owned(),
            file: name.into(),
            files: files.clone(),
            account: stage.settings.account.clone(),
            context: SourceContext {
                reject_day: day.min(last),
                ..stage.context(Some(window))
            },
        }
    }

    /// Sends the rows in chunks; ends early when nobody takes them any more. Tells of each
    /// statement how many are readable and how many are not.
    pub(in crate::job) fn rows(
        &self,
        scanned: &Scanned,
        sender: &Sender<Vec<Made>>,
    ) -> Result<Result<Vec<[u64; 2]>, FormatError>, JobError> {
        let maker = Maker {
            context: &self.context,
            file: &self.file,
            role: self.files.role,
            account: self.account.as_deref(),
            mapping: &self.files.mapping,
        };
        let mut chunk = Chunk {
            rows: Vec::new(),
            counts: vec![[0; 2]; scanned.reading().accounts.len()],
            sender,
        };
        match scanned {
            Scanned::Table(held) => {
                let (table, statements, _) = &**held;
                let read = each_entry(table, statements, |at, place, row| {
                    let statement = statements.get(at);
                    let made = statement
                        .and_then(|statement| maker.table_row(table, statement, (place, row)));
                    if let Some(made) = made {
                        chunk.add(at, made);
                    }
                });
                if let Err(error) = read {
                    return Ok(Err(error));
                }
            }
            Scanned::Message(kind, reading) => {
                let mut content = BufReader::new(self.archive.open_stream(&self.sha256)?);
                let mut place = Place::new(&maker, reading);
                let read = kind.read(&mut content, &mut |piece| {
                    place.take(&piece, &mut |at, made| chunk.add(at, made));
                });
                if let Err(error) = read {
                    return Ok(Err(error));
                }
            }
        }
        chunk.send();
        Ok(Ok(chunk.counts))
    }
}

/// Rows on their way.
struct Chunk<'s> {
    rows: Vec<Made>,
    /// Of each statement the readable rows and the others.
    counts: Vec<[u64; 2]>,
    sender: &'s Sender<Vec<Made>>,
}

impl Chunk<'_> {
    fn add(&mut self, at: usize, made: Made) {
        if let Some(counts) = self.counts.get_mut(at) {
            counts[usize::from(matches!(made, Made::Bad(_)))] += 1;
        }
        self.rows.push(made);
        if self.rows.len() >= CHUNK {
            self.send();
        }
    }

    fn send(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        // a receiver that is gone has its reasons: it tells them itself
        let _ = self.sender.blocking_send(rows);
    }
}

/// Where in a message the reading is: the statement at hand, its account and currency.
struct Place<'m> {
    maker: &'m Maker<'m>,
    reading: &'m Reading,
    /// Statements begun.
    begun: usize,
    currency: Box<str>,
}

impl<'m> Place<'m> {
    fn new(maker: &'m Maker<'m>, reading: &'m Reading) -> Self {
        Self {
            maker,
            reading,
            begun: 0,
            currency: "".into(),
        }
    }

    fn take(&mut self, piece: &Piece, out: &mut dyn FnMut(usize, Made)) {
        let at = self.at();
        if let Some(misread) = message::unread(piece, &self.currency)
            && let Some(account) = self.account()
        {
            out(at, self.maker.misread(&account, misread));
        }
        match piece {
            Piece::Statement(_) => {
                self.begun += 1;
                self.currency = "".into();
            }
            Piece::Balance(balance) if !balance.currency.is_empty() => {
                self.currency.clone_from(&balance.currency);
            }
            Piece::Account(_)
            | Piece::Balance(_)
            | Piece::Period(..)
            | Piece::Page(_)
            | Piece::Sums(_) => {}
            Piece::Cut(cut) => {
                if let Some(account) = self.account() {
                    out(at, self.maker.cut_off(&account, cut));
                }
            }
            Piece::Entry(entry) => {
                if let Some(account) = self.account() {
                    let mut out = |made| out(at, made);
                    let maker = self.maker;
                    maker.entry(&account, &self.currency, entry, &mut out);
                }
            }
            Piece::Bad(bad) => {
                if let Some(account) = self.account() {
                    out(at, self.maker.bad(&account, bad));
                }
            }
        }
    }

    /// The place of the statement at hand.
    fn at(&self) -> usize {
        self.begun.saturating_sub(1)
    }

    /// The account of the statement at hand, as the first reading found it; none when it is not
    /// the source's.
    fn account(&self) -> Option<Box<str>> {
        let told = self.reading.accounts.get(self.at());
        self.maker.own(told.map_or("", |account| &account.number))
    }
}
