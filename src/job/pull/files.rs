//! Reading a folder of statement or settlement files: each new file is archived, read to its end
//! once to see whether it is whole, and then stored row by row, however long it is.

mod absent;
mod chain;
mod days;
pub(super) mod deliver;
mod heal;
mod pages;
pub(super) mod parse;
mod surplus;
mod trouble;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;

use anyhow::Context;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::Stage;
use super::raw::Evidence;
use crate::domain::{SourceFacts, ToldBy};
use crate::format::{FileError, FormatError, Sizes};
use crate::job::error::JobError;
use crate::normalise;
use crate::normalise::statement::again::Again;
use crate::source::FileSource;
use crate::source::file::inbox::{self, Found};
use crate::source::registry::{FolderNote, FolderTrouble};
use crate::store::archive::{Archived, BYTES_MAX as ARCHIVED_MAX, digest};
use crate::store::{AccountStatement, ExportFile};
use crate::text::reject::say_file;
use crate::text::{mask_file, say};

// what a source may hold is read from the archive to its end
const _: () = assert!(ARCHIVED_MAX > Sizes::BYTES_MAX);

/// Reads the folder and tells how complete the source is.
pub(super) async fn read(stage: &Stage, files: &FileSource) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let lang = desk.config.lang;
    let inbox = inbox::look(
        &files.path,
        desk.file_pause,
        files.mapping.sizes.text_bytes(),
    )
    .await;
    let mut troubles: Vec<String> = inbox
        .troubles
        .iter()
        .map(|found| trouble::of_folder(lang, found))
        .collect();
    let (mut notes, mut doubts) = (inbox.notes.clone(), Vec::new());
    let mut known = Known::read(stage).await?;
    for found in &inbox.files {
        desk.checkpoint()?;
        match keep(stage, found, &known).await? {
            Kept::Changed => notes.push(FolderNote::Growing(found.name.clone())),
            Kept::Unreadable(error) => {
                let name = found.name.clone();
                let found = FolderTrouble::File { name, error };
                troubles.push(trouble::of_folder(lang, &found));
            }
            Kept::Known(sha256) => {
                again(stage, (files, &mut known), found, &sha256, &mut notes).await?;
            }
            Kept::New(archived) => {
                // the evidence first: no row changes without a file that tells why
                let evidence = Evidence::new(stage);
                evidence.asks("");
                evidence.note(archived.clone(), &found.name);
                evidence.record(stage).await?;
                match file(stage, files, found, &archived).await? {
                    Ok((record, said)) => {
                        known.add(record);
                        doubts.extend(said);
                    }
                    Err(error) => {
                        let args = [("why", &*say_file(&error, lang))];
                        troubles.push(say(lang, "file-quarantined", &args));
                    }
                }
            }
        }
    }
    for note in &notes {
        let (source, note) = (stage.settings.name.as_str(), trouble::of_note(lang, note));
        warn!(
            source.id = source,
            stage = "pull",
            error = note,
            "file left alone"
        );
    }
    let came = !troubles.is_empty() && !inbox.files.is_empty();
    let growing = notes.iter().filter(|note| note.is_growing());
    troubles.extend(growing.map(|note| trouble::of_note(lang, note)));
    let spoiled = !troubles.is_empty();
    troubles.extend(doubts);
    days::facts(stage, files, (spoiled, came), troubles).await
}

/// What became of a file that was to be copied into the archive.
enum Kept {
    /// It is there.
    New(Archived),
    /// Its bytes were read before: their digest.
    Known(String),
    /// It changed meanwhile, or is gone.
    Changed,
    /// It cannot be read; the system's words.
    Unreadable(Box<str>),
}

/// Copies a file into the archive, unless it is known.
async fn keep(stage: &Stage, found: &Found, known: &Known) -> Result<Kept, JobError> {
    let path = found.path.clone();
    let read = blocking(move || File::open(&path).and_then(|mut open| digest(&mut open))).await?;
    let sha256 = match read {
        Ok(sha256) => sha256,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Kept::Changed),
        Err(error) => return Ok(Kept::Unreadable(error.to_string().into())),
    };
    if known.0.contains_key(&*sha256) {
        return Ok(Kept::Known(sha256));
    }
    let (archive, file) = (stage.desk.archive.clone(), found.clone());
    let copy = move || -> Result<Kept, JobError> {
        let archived = match File::open(&file.path) {
            Ok(mut open) => archive.put_stream(&mut open)?,
            Err(error) => return Ok(Kept::Unreadable(error.to_string().into())),
        };
        let same = archived.sha256 == sha256 && file.is_still();
        Ok(if same {
            Kept::New(archived)
        } else {
            Kept::Changed
        })
    };
    blocking(copy).await?
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.context("a file's reader ended")?)
}

/// The files read so far, by digest.
struct Known(BTreeMap<Box<str>, Vec<ExportFile>>);

impl Known {
    async fn read(stage: &Stage) -> Result<Self, JobError> {
        let files = stage.desk.store.known_files(&stage.settings.name).await?;
        let mut known = Self(BTreeMap::new());
        for file in files {
            known.add(file);
        }
        Ok(known)
    }

    fn add(&mut self, file: ExportFile) {
        let of_bytes = self.0.entry(file.sha256.clone()).or_default();
        of_bytes.push(file);
    }
}

/// The bytes of a file that was read before, under the same name or another. One without entries
/// says that nothing happened, and covers the day that its name tells.
async fn again(
    stage: &Stage,
    (files, known): (&FileSource, &mut Known),
    found: &Found,
    sha256: &str,
    notes: &mut Vec<FolderNote>,
) -> Result<(), JobError> {
    let same = known.0.get(sha256).into_iter().flatten();
    let same: Vec<&ExportFile> = same.collect();
    if same.iter().any(|file| file.name == found.name) {
        return Ok(());
    }
    let Some(empty) = same.iter().find(|file| file.lines == 0) else {
        notes.push(FolderNote::Copy(found.name.clone()));
        return Ok(());
    };
    let before = stage
        .desk
        .store
        .statements(&stage.settings.name, empty.day, empty.night)
        .await?;
    let of_file = |s: &&AccountStatement| s.sha256 == empty.sha256 && s.name == empty.name;
    let mut told: Vec<AccountStatement> = before.iter().filter(of_file).cloned().collect();
    for statement in &mut told {
        let nothing = normalise::statement::Account::default();
        let (from, to, whole_to) = days::covered(stage, files, found, &nothing, true);
        statement.name = found.name.clone();
        statement.night = stage.night;
        (statement.from, statement.to, statement.whole_to) = (from, to, whole_to);
    }
    let record = ExportFile {
        name: found.name.clone(),
        day: told.first().map_or(stage.night, |statement| statement.to),
        night: stage.night,
        ..(*empty).clone()
    };
    stage.desk.store.save_statement_file(&record, &told).await?;
    known.add(record);
    Ok(())
}

/// Reads one new file and stores its rows; the file itself is remembered last, so that a killed
/// reading is done again. Tells also what a person should know of it.
async fn file(
    stage: &Stage,
    files: &FileSource,
    found: &Found,
    archived: &Archived,
) -> Result<Result<(ExportFile, Vec<String>), FileError>, JobError> {
    let fail = |error| FileError {
        file: mask_file(&found.name).into(),
        error,
    };
    let scanned = match scan(stage, files, archived).await? {
        Ok(scanned) => scanned,
        Err(error) => return Ok(Err(fail(error))),
    };
    let mut statements = statements(stage, files, found, archived, &scanned);
    let day = statements.iter().map(|s| s.to).max().unwrap_or(stage.night);
    let job = parse::Job::of(stage, files, (&archived.sha256, &found.name), day);
    let encoding = scanned.reading().encoding;
    let masked = mask_file(&found.name);
    let said = trouble::doubts(stage, &scanned, &statements, &masked);
    let bytes = ToldBy::new(&found.name, &archived.sha256);
    let (sender, mut chunks) = mpsc::channel(2);
    let parsing = tokio::task::spawn_blocking(move || job.rows(&scanned, &sender));
    let (mut numbers, mut rows, mut rejects) = (Again::default(), 0, 0);
    while let Some(chunk) = chunks.recv().await {
        stage.desk.checkpoint()?;
        let (good, bad) = deliver::save(stage, &mut numbers, chunk, &bytes).await?;
        (rows, rejects) = (rows + good, rejects + bad);
    }
    match parsing.await.context("a file's reader ended")?? {
        Ok(counts) => count_rows(&mut statements, &counts),
        Err(error) => return Ok(Err(fail(error))),
    }
    let record = ExportFile {
        source: stage.settings.name.clone(),
        sha256: archived.sha256.as_str().into(),
        name: found.name.clone(),
        kind: files.role.id().into(),
        lines: rows + rejects,
        day,
        night: stage.night,
    };
    let store = &stage.desk.store;
    store.save_statement_file(&record, &statements).await?;
    let (source, file) = (stage.settings.name.as_str(), &*masked);
    let encoding = encoding.unwrap_or_default();
    info!(
        source.id = source,
        stage = "pull",
        file,
        encoding,
        row.count = rows,
        reject.count = rejects,
        "file read"
    );
    Ok(Ok((record, said)))
}

/// The first reading.
async fn scan(
    stage: &Stage,
    files: &FileSource,
    archived: &Archived,
) -> Result<Result<parse::Scanned, FormatError>, JobError> {
    let (archive, sha256) = (stage.desk.archive.clone(), archived.sha256.clone());
    let mapping = files.mapping.clone();
    blocking(move || parse::scan(&archive, &sha256, &mapping)).await?
}

/// Counts what came of each statement: the second reading also sees another currency, a date in the
/// future, a formula; and of a file with several accounts only the source's own rows are its.
/// Where it refused more than the first, the sums are those of rows that did not come.
fn count_rows(statements: &mut [AccountStatement], counts: &[[u64; 2]]) {
    for statement in statements {
        let at = usize::try_from(statement.seq).unwrap_or(usize::MAX);
        let Some([good, bad]) = counts.get(at).copied() else {
            continue;
        };
        if bad > statement.rejects {
            statement.gap = statement.gap.filter(|gap| !gap.is_zero());
        }
        statement.rejects = bad;
        statement.entries = statement.entries.min(good);
    }
}

/// True for the last statement of its account in a file: the day in the file's name is its end,
/// not that of those before it.
fn is_last(all: &[normalise::statement::Account], account: &normalise::statement::Account) -> bool {
    let ends = |one: &normalise::statement::Account| one.days.last().copied();
    let same = all.iter().filter(|one| one.number == account.number);
    same.max_by_key(|one| ends(one))
        .is_none_or(|last| ends(last) == ends(account))
}

/// What the file tells of each account that is the source's.
fn statements(
    stage: &Stage,
    files: &FileSource,
    found: &Found,
    archived: &Archived,
    scanned: &parse::Scanned,
) -> Vec<AccountStatement> {
    let wanted = stage.settings.account.as_deref();
    let wanted = wanted.map(normalise::statement::number_of);
    let accounts = scanned.reading().accounts.iter().zip(0_u32..);
    let own = accounts.filter_map(|(account, seq)| {
        let number = match &wanted {
            Some(wanted) if account.number.is_empty() || account.number == *wanted => wanted,
            Some(_) => return None,
            None => &account.number,
        };
        let is_last = is_last(&scanned.reading().accounts, account);
        let (from, to, whole_to) = days::covered(stage, files, found, account, is_last);
        Some(AccountStatement {
            source: stage.settings.name.clone(),
            sha256: archived.sha256.as_str().into(),
            name: found.name.clone(),
            seq,
            account: number.clone(),
            from,
            to,
            whole_to,
            entries: account.entries,
            rejects: account.faults,
            credits: account.credits,
            opening: account.opening,
            closing: account.closing,
            gap: account.gap(),
            night: stage.night,
            checked: account.checked.clone(),
        })
    });
    own.collect()
}
