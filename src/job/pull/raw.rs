//! Raw bytes go to the archive before anything reads them, and it is remembered which night asked
//! for them, so that the night can be made again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Stage;
use crate::domain::{SourceName, ToldBy};
use crate::source::{ArchiveError, BoxFuture, RawSink};
use crate::store::archive::{Archive, Archived};
use crate::store::{Reading, StoreError};

/// The archive, and what was put there by this reading. Bytes are whole in their file when `keep`
/// returns; [`Evidence::record`] puts all of them on disk, and only then says where they came from,
/// one transaction a source.
#[derive(Debug)]
pub(super) struct Evidence {
    archive: Archive,
    told: Mutex<Answers>,
}

/// What was told so far.
#[derive(Debug, Default)]
struct Answers {
    all: Vec<Answer>,
    part: u32,
    asked: Box<str>,
}

/// One answer; without bytes, that there is no such thing.
#[derive(Debug)]
struct Answer {
    archived: Option<Archived>,
    what: Box<str>,
    part: u32,
    asked: Box<str>,
}

impl Answers {
    fn add(&mut self, archived: Option<Archived>, what: &str) {
        self.all.push(Answer {
            archived,
            what: what.into(),
            part: self.part,
            asked: self.asked.clone(),
        });
    }
}

/// Digests of bytes by the name under which they came.
pub(super) type Digests = BTreeMap<Box<str>, Arc<str>>;

/// Tells the digests of files or answers that have none yet.
pub(super) fn name_bytes(files: &mut [ToldBy], digests: &Digests) {
    for file in files.iter_mut().filter(|file| file.sha256.is_empty()) {
        if let Some(sha256) = digests.get(&*file.name) {
            file.sha256.clone_from(sha256);
        }
    }
}

impl Evidence {
    pub(super) fn new(stage: &Stage) -> Self {
        Self {
            archive: stage.desk.archive.clone(),
            told: Mutex::default(),
        }
    }

    /// What follows answers another question.
    pub(super) fn asks(&self, asked: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.part += 1;
        told.asked = asked.into();
    }

    /// Archives bytes.
    pub(super) async fn put(&self, what: &str, bytes: &[u8]) -> Result<String, StoreError> {
        let (archive, copy) = (self.archive.clone(), bytes.to_vec());
        let archived = self.blocking(move || archive.hold(&copy)).await?;
        let sha256 = archived.sha256.clone();
        self.note(archived, what);
        Ok(sha256)
    }

    /// Works on the archive where waiting for a disk holds nobody up.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| StoreError::Io {
            path: self.archive.dir().to_path_buf(),
            source: std::io::Error::other(error),
        })?
    }

    /// Remembers what was archived elsewhere.
    pub(super) fn note(&self, archived: Archived, what: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.add(Some(archived), what);
    }

    /// The digests of what came, of each name the last: an answer that was not accepted is asked
    /// for again.
    pub(super) fn digests(&self) -> Digests {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |answer: &Answer| {
            let archived = answer.archived.as_ref()?;
            Some((answer.what.clone(), archived.sha256.as_str().into()))
        };
        told.all.iter().filter_map(of).collect()
    }

    /// Records where everything came from, and for which night.
    pub(super) async fn record(self, stage: &Stage) -> Result<(), StoreError> {
        let answers = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut told.all)
        };
        let archive = self.archive.clone();
        let held: Vec<String> = answers
            .iter()
            .filter_map(|answer| Some(answer.archived.as_ref()?.sha256.clone()))
            .collect();
        self.blocking(move || {
            let held: Vec<&str> = held.iter().map(String::as_str).collect();
            archive.flush(&held)
        })
        .await?;
        let mut kept = Vec::new();
        let mut readings = Vec::new();
        for answer in answers {
            readings.push(Reading {
                night: stage.night,
                source: stage.settings.name.clone(),
                part: answer.part,
                pulled_at_ms: stage.at_ms,
                asked: answer.asked,
                what: answer.what.clone(),
                sha256: answer.archived.as_ref().map(|a| a.sha256.as_str().into()),
            });
            kept.extend(answer.archived.map(|archived| (archived, answer.what)));
        }
        let store = &stage.desk.store;
        let (source, now) = (&stage.settings.name, stage.desk.now_wall());
        store.save_raws(source, &kept, &now).await?;
        store.save_readings(&readings).await
    }
}

impl RawSink for Evidence {
    fn keep<'a>(
        &'a self,
        _source: &'a SourceName,
        what: &'a str,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async move {
            let kept = self.put(what, bytes).await;
            kept.map_err(|error| ArchiveError(error.to_string().into()))
        })
    }

    fn absent(&self, what: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.add(None, what);
    }
}
