//! Raw bytes are evidence: kept, compressed and named by their sha256, before they are parsed.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use super::{StoreError, files};
use crate::fault::point;

/// zstd's own default: a day's pages shrink to a tenth in milliseconds.
const LEVEL: i32 = 3;
/// No archived body is larger: the HTTP layer and the readers of files cap theirs below.
pub const BYTES_MAX: u64 = 3 << 30;

/// More files than these are flushed together.
const FLUSHED_ALONE_MAX: usize = 3;

/// Tells writers apart, between processes and inside one.
fn temporary_extension() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{n}.tmp", std::process::id())
}

/// The folder of archived bytes: `<dir>/<2 hex>/<2 hex>/<64 hex>.zst`.
#[derive(Clone, Debug)]
pub struct Archive {
    dir: PathBuf,
}

/// What was archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// 64 hex digits over the bytes as received.
    pub sha256: String,
    /// Number of bytes as received.
    pub bytes: u64,
}

/// The digest of a stream: 64 hex digits.
pub fn digest(content: &mut dyn Read) -> std::io::Result<String> {
    let mut digesting = Digesting::new(std::io::sink());
    std::io::copy(content, &mut digesting)?;
    Ok(digesting.finish().1.sha256)
}

/// Writes on, digests and counts what it writes.
struct Digesting<W> {
    to: W,
    digest: Sha256,
    bytes: u64,
}

impl<W> Digesting<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> (W, Archived) {
        let archived = Archived {
            sha256: hex::encode(self.digest.finalize()),
            bytes: self.bytes,
        };
        (self.to, archived)
    }
}

impl<W: std::io::Write> std::io::Write for Digesting<W> {
    fn write(&mut self, block: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(block)?;
        self.digest.update(block.get(..written).unwrap_or(block));
        self.bytes += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

/// Flushes the folders above an archived file: each may be new.
fn sync_above(path: &Path) -> Result<(), StoreError> {
    path.ancestors().skip(1).take(3).try_for_each(files::sync)
}

impl Archive {
    /// Uses (and makes, with mode 0700) the folder `dir`.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        files::make_dir(dir)?;
        let dir = dir.to_owned();
        Ok(Self { dir })
    }

    /// The folder `dir` as it is, to read from.
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Removes half files that a killed process left, also one that had our process id (in a
    /// container every start may have the same). Call it while holding the lease, before writing.
    pub fn sweep(&self) -> Result<(), StoreError> {
        let fail = |error| StoreError::io(&self.dir, error);
        for entry in fs::read_dir(&self.dir).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            if path.extension().is_some_and(|end| end == "tmp") {
                fs::remove_file(&path).map_err(|e| StoreError::io(&path, e))?;
            }
        }
        Ok(())
    }

    /// A new name for a file that is being written; half files all lie in one place.
    fn temporary(&self) -> PathBuf {
        self.dir
            .join("incoming")
            .with_extension(temporary_extension())
    }

    /// Keeps `bytes`; the same bytes twice are one file. When it returns, they are on disk.
    pub fn put(&self, bytes: &[u8]) -> Result<Archived, StoreError> {
        let archived = self.hold(bytes)?;
        self.flush(&[&archived.sha256])?;
        Ok(archived)
    }

    /// Keeps `bytes` like [`Archive::put`], whole whenever the process ends, but on disk only
    /// after [`Archive::flush`]: a thousand answers are flushed together, before anything says
    /// that they are there.
    pub fn hold(&self, bytes: &[u8]) -> Result<Archived, StoreError> {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let archived = Archived {
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sha256,
        };
        let path = self.path(&archived.sha256)?;
        // a file that is there but damaged is written again: we hold the right bytes
        if path.exists() && self.get(&archived.sha256).is_ok() {
            return Ok(archived);
        }
        files::make_dir(files::parent(&path))?;
        let packed = zstd::encode_all(bytes, LEVEL).map_err(|e| StoreError::io(&path, e))?;
        files::write_whole(&path, &self.temporary(), &packed)?;
        Ok(archived)
    }

    /// Puts what was held on disk, also what an earlier process held and did not flush. A few
    /// files are flushed by themselves, more by the whole file system, once.
    pub fn flush(&self, held: &[&str]) -> Result<(), StoreError> {
        if held.len() > FLUSHED_ALONE_MAX {
            return files::sync_all_of(&self.dir);
        }
        for sha256 in held {
            let path = self.path(sha256)?;
            files::sync(&path)?;
            sync_above(&path)?;
        }
        Ok(())
    }

    /// Keeps what a stream holds, without holding it; the same bytes twice are one file. When it
    /// returns, they are on disk.
    pub fn put_stream(&self, content: &mut dyn Read) -> Result<Archived, StoreError> {
        self.put_written(|to| std::io::copy(content, to).map(drop))
    }

    /// Keeps what `write` writes, without holding it.
    pub fn put_written(
        &self,
        write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
    ) -> Result<Archived, StoreError> {
        let temporary = self.temporary();
        let fail = |error| StoreError::io(&temporary, error);
        files::create_private(&temporary)?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .open(&temporary)
            .map_err(fail)?;
        let copy = || -> std::io::Result<Archived> {
            let packed = zstd::stream::write::Encoder::new(&mut file, LEVEL)?;
            let mut digesting = Digesting::new(packed);
            write(&mut digesting)?;
            let (packed, archived) = digesting.finish();
            point("write")?;
            let file = packed.finish()?;
            point("flush")?;
            file.sync_all()?;
            Ok(archived)
        };
        let copied = copy().map_err(fail);
        let placed =
            copied.and_then(|archived| self.place(&temporary, &archived).map(|()| archived));
        if placed.is_err() {
            // what is left of it goes with the next start, too
            let _ = fs::remove_file(&temporary);
        }
        placed
    }

    /// Gives a finished copy its name.
    fn place(&self, temporary: &Path, archived: &Archived) -> Result<(), StoreError> {
        let path = self.path(&archived.sha256)?;
        let is_there = || {
            self.digest(&archived.sha256)
                .is_ok_and(|d| d == archived.sha256)
        };
        if path.exists() && is_there() {
            return fs::remove_file(temporary).map_err(|e| StoreError::io(temporary, e));
        }
        files::make_dir(files::parent(&path))?;
        let rename = point("rename").and_then(|()| fs::rename(temporary, &path));
        rename.map_err(|e| StoreError::io(&path, e))?;
        sync_above(&path)
    }

    /// The digest of what is kept under `sha256`.
    fn digest(&self, sha256: &str) -> Result<String, StoreError> {
        let mut content = self.open_stream(sha256)?;
        let path = self.path(sha256)?;
        digest(&mut content).map_err(|e| StoreError::io(&path, e))
    }

    /// That the bytes of `sha256` are there and undamaged, without holding them.
    pub fn check(&self, sha256: &str) -> Result<(), StoreError> {
        if self.digest(sha256)? == sha256 {
            return Ok(());
        }
        Err(StoreError::Corrupt {
            what: self.path(sha256)?.display().to_string(),
            detail: "its content is not what its name says".to_owned(),
        })
    }

    /// Removes the bytes of `sha256`; gone already is good.
    pub(super) fn remove(&self, sha256: &str) -> Result<(), StoreError> {
        let path = self.path(sha256)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(&path, error)),
            _ => Ok(()),
        }
    }

    /// The file of `sha256` inside the folder, and its size; none where it is not there.
    pub fn file(&self, sha256: &str) -> Result<Option<(PathBuf, u64)>, StoreError> {
        let path = self.path(sha256)?;
        let size = fs::metadata(&path).map(|metadata| metadata.len()).ok();
        let inside = path.strip_prefix(&self.dir).unwrap_or(&path).to_owned();
        Ok(size.map(|size| (inside, size)))
    }

    /// The bytes of `sha256` as a stream, not verified.
    pub fn open_stream(&self, sha256: &str) -> Result<Box<dyn Read + Send>, StoreError> {
        let path = self.path(sha256)?;
        let fail = |error| StoreError::io(&path, error);
        let file = fs::File::open(&path).map_err(fail)?;
        let content = zstd::stream::read::Decoder::new(file).map_err(fail)?;
        Ok(Box::new(content.take(BYTES_MAX)))
    }

    /// The bytes of `sha256`, verified.
    pub fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let path = self.path(sha256)?;
        let damaged = |detail: &str| StoreError::Corrupt {
            what: path.display().to_string(),
            detail: detail.to_owned(),
        };
        let packed = fs::read(&path).map_err(|e| StoreError::io(&path, e))?;
        let mut bytes = Vec::new();
        let mut unpack = || -> std::io::Result<usize> {
            let decoder = zstd::stream::read::Decoder::new(packed.as_slice())?;
            decoder.take(BYTES_MAX).read_to_end(&mut bytes)
        };
        unpack().map_err(|_| damaged("it is no whole zstd file"))?;
        if hex::encode(Sha256::digest(&bytes)) == sha256 {
            Ok(bytes)
        } else {
            Err(damaged("its content is not what its name says"))
        }
    }

    /// Where the bytes of `sha256` are.
    fn path(&self, sha256: &str) -> Result<PathBuf, StoreError> {
        let is_hash = sha256.len() == 64
            && sha256
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match (sha256.get(0..2), sha256.get(2..4)) {
            (Some(a), Some(b)) if is_hash => {
                Ok(self.dir.join(a).join(b).join(format!("{sha256}.zst")))
            }
            _ => {
                let error = std::io::Error::new(ErrorKind::InvalidInput, "no sha256");
                Err(StoreError::io(self.dir.join(sha256), error))
            }
        }
    }
}

#[cfg(test)]
mod tests;
