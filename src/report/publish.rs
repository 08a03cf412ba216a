//! A folder of files, visible as a whole or not at all.
//!
//! A night is published in two steps around the database commit. [`stage`] builds the folder under
//! a hidden name and makes it durable; the database commits; [`reveal`] renames it into place and
//! the folder it replaces to `<name>.v<n>`. Both can be repeated at any point: after a kill the
//! next start calls [`sweep`] and, for a published run without its folder, [`rebuild`].
//!
//! Files are created anew (`O_EXCL`) inside a folder we just made, so a symbolic link planted
//! beforehand is never followed. Folders are 0700 and files 0600 whatever the umask.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::RunId;
use crate::fault::point;

/// The one file that no digest covers.
pub const TIMINGS: &str = "timings.json";
/// The list of the published files with their SHA-256.
pub const SUMS: &str = "SHA256SUMS";
const RUN: &str = "run.json";

/// One file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutFile {
    /// Its name, without any path.
    pub name: Box<str>,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl OutFile {
    /// A file from its parts.
    pub fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
        }
    }
}

/// A folder that is built, durable and not yet visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    root: PathBuf,
    name: Box<str>,
    run_id: RunId,
    sums: String,
}

/// Why a folder could not be published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The folder's or a file's name could leave the report folder.
    #[error("\"{0}\" cannot be the name of a report folder or file")]
    Name(Box<str>),
    /// Something that is no folder stands at the report's name.
    #[error("{0} is not a folder (a link or a file stands there); move it away and run again")]
    NotAFolder(PathBuf),
    /// The hidden folder is gone and the visible one holds another run.
    #[error("{0} was not staged; rebuild it from the database")]
    NotStaged(PathBuf),
    /// The disk said no.
    #[error("cannot {what} {path}: {error}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

type Result<T> = std::result::Result<T, PublishError>;

impl Staged {
    fn hidden(&self) -> PathBuf {
        self.root.join(hidden_name(&self.name, &self.run_id))
    }

    /// Where the folder will be visible.
    pub fn visible(&self) -> PathBuf {
        self.root.join(&*self.name)
    }

    /// The content of SHA256SUMS.
    pub fn sums(&self) -> &str {
        &self.sums
    }
}

/// Builds the folder `name` (a day, a month, a range) of a run under its hidden name and makes it
/// durable. What an earlier, killed attempt left there is removed first.
pub fn stage(root: &Path, name: &str, run_id: &RunId, files: &[OutFile]) -> Result<Staged> {
    check_name(name)?;
    check_name(run_id.as_str())?;
    make_root(root)?;
    // a link or a file in its place is found now, before anything is committed
    is_folder(&root.join(name))?;
    let staged = Staged {
        root: root.to_owned(),
        name: name.into(),
        run_id: run_id.clone(),
        sums: sums(files),
    };
    let hidden = staged.hidden();
    remove(&hidden)?;
    point("create a folder")
        .and_then(|()| DirBuilder::new().mode(0o700).create(&hidden))
        .map_err(io_error("create", &hidden))?;
    set_mode(&hidden, 0o700)?;
    for file in files {
        check_file_name(&file.name)?;
        write_file(&hidden.join(&*file.name), &file.bytes)?;
    }
    write_file(&hidden.join(SUMS), staged.sums.as_bytes())?;
    sync_folder(&hidden)?;
    sync_folder(root)?;
    Ok(staged)
}

/// Makes a staged folder visible; the one it replaces becomes `<name>.v<n>` with its own n.
/// Repeating it after success changes nothing.
pub fn reveal(staged: &Staged) -> Result<PathBuf> {
    let (hidden, visible) = (staged.hidden(), staged.visible());
    if !is_folder(&hidden)? {
        return if read(&visible.join(SUMS)).as_deref() == Some(staged.sums.as_bytes()) {
            Ok(visible)
        } else {
            Err(PublishError::NotStaged(hidden))
        };
    }
    if is_folder(&visible)? {
        if read(&visible.join(SUMS)).as_deref() == Some(staged.sums.as_bytes()) {
            remove(&hidden)?;
            return Ok(visible);
        }
        let aside = free_name(staged, &format!("v{}", version_in(&visible)))?;
        rename(&visible, &aside)?;
    }
    rename(&hidden, &visible)?;
    sync_folder(&staged.root)?;
    Ok(visible)
}

/// Builds and shows the folder of a published run from stored values, where it is missing or has
/// lost files.
pub fn rebuild(root: &Path, name: &str, run_id: &RunId, files: &[OutFile]) -> Result<PathBuf> {
    let wanted = sums(files);
    check_name(name)?;
    let visible = root.join(name);
    if is_folder(&visible)? && read(&visible.join(SUMS)).as_deref() == Some(wanted.as_bytes()) {
        if lost(root, name).is_empty() {
            return Ok(visible);
        }
        return mend(root, name, run_id, files);
    }
    reveal(&stage(root, name, run_id, files)?)
}

/// Shows the files of a published run in the place of a folder whose files were lost or changed.
/// That folder becomes `<name>.damaged`, its timings stay with the night.
pub fn mend(root: &Path, name: &str, run_id: &RunId, files: &[OutFile]) -> Result<PathBuf> {
    let mut files = files.to_vec();
    let timings = read(&root.join(name).join(TIMINGS)).filter(|bytes| !bytes.is_empty());
    files.extend(timings.map(|bytes| OutFile::new(TIMINGS, bytes)));
    let staged = stage(root, name, run_id, &files)?;
    let (hidden, visible) = (staged.hidden(), staged.visible());
    rename(&visible, &free_name(&staged, "damaged")?)?;
    rename(&hidden, &visible)?;
    sync_folder(root)?;
    Ok(visible)
}

/// True when the folder of this run is visible under `name`.
pub fn is_published(root: &Path, name: &str, run_id: &RunId) -> bool {
    let document = read(&root.join(name).join(RUN));
    let document =
        document.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    document.is_some_and(|d| d.get("run_id").and_then(|id| id.as_str()) == Some(run_id.as_str()))
}

/// Removes what killed runs left behind: hidden folders of the form `.<name>.<run id>.tmp`.
/// Returns their names. Call it while holding the lease.
pub fn sweep(root: &Path) -> Result<Vec<String>> {
    let mut swept = Vec::new();
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(swept),
        Err(error) => return Err(io_error("read", root)(error)),
    };
    for entry in entries {
        let name = entry.map_err(io_error("read", root))?.file_name();
        let Some(name) = name.to_str().filter(|name| is_hidden_name(name)) else {
            continue;
        };
        remove(&root.join(name))?;
        swept.push(name.to_owned());
    }
    swept.sort();
    Ok(swept)
}

/// `sha256sum -c` lines over all files but [`TIMINGS`], by name.
pub fn sums(files: &[OutFile]) -> String {
    let covered = files.iter().filter(|file| &*file.name != TIMINGS);
    let digest = |file: &OutFile| hex::encode(Sha256::digest(&file.bytes)).into();
    let told: Vec<(Box<str>, Box<str>)> = covered
        .map(|file| (file.name.clone(), digest(file)))
        .collect();
    sums_of(&told)
}

/// The same of files whose digests are known, as (name, 64 hex digits).
pub fn sums_of(files: &[(Box<str>, Box<str>)]) -> String {
    let mut lines: Vec<&(Box<str>, Box<str>)> = files.iter().collect();
    lines.sort();
    let mut text = String::new();
    for (name, sum) in lines {
        text.extend([sum, "  ", name, "\n"]);
    }
    text
}

/// The files of a visible folder that were lost or hold nothing, by its own list, as after a disk
/// that lost a write; the list itself where that is gone.
pub fn lost(root: &Path, name: &str) -> Vec<String> {
    let folder = root.join(name);
    let holds = |file: &str| {
        let meta = fs::symlink_metadata(folder.join(file));
        meta.is_ok_and(|meta| meta.is_file() && meta.len() > 0)
    };
    let listed = read(&folder.join(SUMS)).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed);
    let lines = listed.lines().filter_map(|line| line.split_once("  "));
    let files = lines.map(|(_, file)| file).chain([SUMS]);
    files
        .filter(|file| !holds(file))
        .map(str::to_owned)
        .collect()
}

/// The files of a visible folder that are not those of the digests, as (name, 64 hex digits).
pub fn changed(root: &Path, name: &str, told: &[(Box<str>, Box<str>)]) -> Vec<String> {
    let folder = root.join(name);
    let is_changed = |(file, sum): &&(Box<str>, Box<str>)| {
        let found = read(&folder.join(&**file)).map(|bytes| hex::encode(Sha256::digest(bytes)));
        found.as_deref() != Some(&**sum)
    };
    let changed = told.iter().filter(is_changed);
    let mut changed: Vec<String> = changed.map(|(file, _)| file.to_string()).collect();
    if !told.is_empty() && read(&folder.join(SUMS)).as_deref() != Some(sums_of(told).as_bytes()) {
        changed.push(SUMS.to_owned());
    }
    changed
}

fn hidden_name(name: &str, run_id: &RunId) -> String {
    format!(".{name}.{run_id}.tmp")
}

fn is_hidden_name(name: &str) -> bool {
    let inner = name
        .strip_prefix('.')
        .and_then(|rest| rest.strip_suffix(".tmp"));
    inner
        .and_then(|inner| inner.split_once('.'))
        .is_some_and(|(name, run)| check_name(name).is_ok() && check_name(run).is_ok())
}

/// Days, months, ranges and run ids are letters, digits, `-` and `_`.
fn check_name(name: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let fits = (1..=128).contains(&name.len()) && name.bytes().all(plain);
    if fits {
        Ok(())
    } else {
        Err(PublishError::Name(name.into()))
    }
}

fn check_file_name(name: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let fits = (1..=128).contains(&name.len()) && !name.starts_with('.') && name != SUMS;
    if fits && name.bytes().all(plain) {
        Ok(())
    } else {
        Err(PublishError::Name(name.into()))
    }
}

fn make_root(root: &Path) -> Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(root)
        .map_err(io_error("create", root))
}

/// Whether a folder stands there; a link or a file is an error, nothing is `false`.
fn is_folder(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(true),
        Ok(_) => Err(PublishError::NotAFolder(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("look at", path)(error)),
    }
}

/// Removes a folder, or the link or file that stands in its place; never what a link points to.
fn remove(path: &Path) -> Result<()> {
    let gone = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => point("remove").and_then(|()| fs::remove_dir_all(path)),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    gone.map_err(io_error("remove", path))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    let renamed = point("rename").and_then(|()| fs::rename(from, to));
    renamed.map_err(io_error("rename", from))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        point("create a file")?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        point("write")?;
        file.write_all(bytes)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        point("flush")?;
        file.sync_all()
    };
    write().map_err(io_error("write", path))
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(io_error("protect", path))
}

fn sync_folder(path: &Path) -> Result<()> {
    point("flush")
        .and_then(|()| File::open(path)?.sync_all())
        .map_err(io_error("sync", path))
}

/// A regular file's content; none where there is none or a link stands there.
fn read(path: &Path) -> Option<Vec<u8>> {
    let meta = fs::symlink_metadata(path).ok()?;
    meta.is_file().then(|| fs::read(path).ok()).flatten()
}

/// The version of the night that a visible folder says it is.
fn version_in(folder: &Path) -> u64 {
    let document = read(&folder.join(RUN)).unwrap_or_default();
    let document = serde_json::from_slice::<serde_json::Value>(&document).unwrap_or_default();
    document
        .get("version_of_night")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(1)
}

/// `<name>.v<n>`, or where that is taken the first free `<name>.v<n>-<k>`: nothing is overwritten.
fn free_name(staged: &Staged, end: &str) -> Result<PathBuf> {
    let plain = staged.root.join(format!("{}.{end}", staged.name));
    let mut candidate = plain.clone();
    let mut k = 1_u32;
    while fs::symlink_metadata(&candidate).is_ok() {
        k += 1;
        if k > 10_000 {
            return Err(PublishError::NotAFolder(plain));
        }
        candidate = staged.root.join(format!("{}.{end}-{k}", staged.name));
    }
    Ok(candidate)
}

fn io_error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PublishError {
    let path = path.to_owned();
    move |error| PublishError::Io { what, path, error }
}

#[cfg(test)]
mod tests;
