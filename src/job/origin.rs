//! The line of the archived bytes from which a row came, for a person who wants to see it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::error::JobError;
use crate::domain::Origin;
use crate::format::{BookKind, HEAD, Limits, encoding};
use crate::store::archive::Archive;
use crate::store::{Removed, Store};

/// A longer line is cut: some files are one line throughout.
const SHOWN_MAX: usize = 2_000;
/// Larger files are read with the tools of their trade.
const BYTES_MAX: u64 = 64 << 20;

/// What became of the bytes that told a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// They are in the archive.
    Kept,
    /// The rule of retention removed them.
    Pruned,
    /// They are not there, and no rule says so.
    Lost,
}

impl Held {
    /// The word for scripts.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Pruned => "pruned",
            Self::Lost => "lost",
        }
    }

    fn of(archive: &Archive, removed: &Removed, sha256: &str) -> Result<Self, JobError> {
        Ok(match archive.file(sha256)? {
            Some(_) => Self::Kept,
            None if removed.holds(sha256) => Self::Pruned,
            None => Self::Lost,
        })
    }
}

/// Where a row came from, as far as the archive still holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// File or answer, digest and line.
    pub origin: Origin,
    /// Whether the bytes are there.
    pub held: Held,
    /// The line as it came, with personal data; none where the bytes are no lines of text.
    pub text: Option<String>,
}

/// Looks a row's line up in the archive at `dir`, which is not made where it is not there.
pub async fn find(store: &Store, dir: &Path, origin: Origin) -> Result<Found, JobError> {
    let removed = store.pruned().await?;
    let (held, text) = if dir.is_dir() {
        let archive = Archive::open(dir)?;
        match Held::of(&archive, &removed, &origin.sha256)? {
            Held::Kept => (Held::Kept, line_of(&archive, &origin)),
            gone => (gone, None),
        }
    } else {
        (Held::Lost, None)
    };
    Ok(Found { origin, held, text })
}

/// The line; none of a spreadsheet, of an answer (its position is none of a line), of a damaged or
/// very large file, or of a text in an encoding that nobody knows.
fn line_of(archive: &Archive, origin: &Origin) -> Option<String> {
    let mut content = archive.open_stream(&origin.sha256).ok()?;
    let mut bytes = Vec::new();
    content
        .by_ref()
        .take(BYTES_MAX)
        .read_to_end(&mut bytes)
        .ok()?;
    let is_whole = content.read(&mut [0]).is_ok_and(|more| more == 0);
    if !is_whole || !is_lines(&bytes) {
        return None;
    }
    let (text, _) = encoding::decoded(&bytes, Limits::TEXT).ok()?;
    let at = usize::try_from(origin.line).ok()?.checked_sub(1)?;
    let line = BufReader::new(text.as_bytes()).lines().nth(at)?.ok()?;
    let line = line.trim_end_matches('\r').trim_start_matches('\u{feff}');
    Some(line.chars().take(SHOWN_MAX).collect())
}

/// True unless the bytes are a spreadsheet, a PDF or a document of JSON.
fn is_lines(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    let is_json = first.is_some_and(|first| matches!(first, b'{' | b'['));
    let is_mark = head.starts_with(b"{1:");
    BookKind::of(head).is_none() && !head.starts_with(b"%PDF") && (is_mark || !is_json)
}
