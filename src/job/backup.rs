//! A consistent copy of the database while nights may run, with the list of the archived bytes that
//! it names.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::error::JobError;
use super::lost;
use crate::config::Config;
use crate::config::at_home::at_home;
use crate::store::archive::{Archive, digest};
use crate::store::{OpenMode, Store};

/// The copy of the database.
pub const DATABASE: &str = "doisoat.db";
/// The list of archived bytes: SHA-256, size, place inside the archive's folder; a line each.
pub const ARCHIVE: &str = "ARCHIVE";

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The folder that was made.
    pub folder: PathBuf,
    /// 64 hex digits over the copy of the database.
    pub database_sha256: String,
    /// Runs in it.
    pub runs: usize,
    /// Archived files that it names and that are there.
    pub archived: usize,
    /// Their bytes, compressed.
    pub archived_bytes: u64,
    /// SHA-256 of archived files that it names and that are not there (nor removed by rule).
    pub missing: Vec<Box<str>>,
    /// Files that the configuration names beside itself and that are not there.
    pub missing_files: Vec<Box<str>>,
}

/// Copies into the new folder `to`. A night may be running: the copy is one state of the database,
/// and bytes are in the archive before the database names them.
pub async fn backup(config: &Config, to: &Path) -> Result<Saved, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    if !store.is_file() {
        let (place, to) = (store.place(), to.display());
        store.close().await;
        return Err(JobError::Usage {
            message: format!("the database {place} is PostgreSQL, which has its own copy"),
            fix: format!(
                "run `pg_dump --format=custom --file={to}/doisoat.dump \"$DOISOAT_DATABASE_URL\"`, then \
                 copy the archive folder"
            ),
        });
    }
    let hidden = hidden(to)?;
    let copied = copy(config, &store, &hidden).await;
    store.close().await;
    let mut saved = match copied {
        Ok(saved) => saved,
        Err(error) => {
            // half a copy must not be taken for one
            let _ = fs::remove_dir_all(&hidden);
            return Err(error);
        }
    };
    fs::rename(&hidden, to).with_context(|| to.display().to_string())?;
    saved.folder = to.to_path_buf();
    Ok(saved)
}

/// The folder in which the copy grows, beside the one asked for, which must be new.
fn hidden(to: &Path) -> Result<PathBuf, JobError> {
    let name = to.file_name().filter(|_| !to.exists());
    let Some(name) = name else {
        return Err(JobError::Usage {
            message: format!("{} is there already", to.display()),
            fix: "name a folder that is not there yet, such as backup/2022-12-06".to_owned(),
        });
    };
    let hidden = to.with_file_name(format!(".{}.tmp", name.to_string_lossy()));
    if hidden.exists() {
        fs::remove_dir_all(&hidden).with_context(|| hidden.display().to_string())?;
    }
    match fs::create_dir_all(&hidden) {
        Ok(()) => Ok(hidden),
        Err(error) => Err(JobError::Usage {
            message: format!("{} cannot be made: {error}", to.display()),
            fix: "name a folder in one that the user of the nights may write; root makes such a one with \
                  `install -d -o USER -m 0700 FOLDER` (docs/OPERATIONS.md, Backups)"
                .to_owned(),
        }),
    }
}

async fn copy(config: &Config, store: &Store, folder: &Path) -> Result<Saved, JobError> {
    let database = folder.join(DATABASE);
    store.backup(&database).await?;
    let archive = Archive::open(&config.archive_dir)?;
    let copy = Store::open(&format!("sqlite://{}", database.display()), OpenMode::Ready).await?;
    let looked = look(&copy, &archive).await;
    copy.close().await;
    let (mut saved, list) = looked?;
    let place = |name: &str| folder.join(name);
    let write = |name: &str, bytes: &[u8]| -> Result<String, JobError> {
        let path = place(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        Ok(hex::encode(Sha256::digest(bytes)))
    };
    let mut file = fs::File::open(&database).with_context(|| database.display().to_string())?;
    saved.database_sha256 = digest(&mut file).with_context(|| database.display().to_string())?;
    let list = write(ARCHIVE, list.as_bytes())?;
    let mut sums = format!("{}  {DATABASE}\n{list}  {ARCHIVE}\n", saved.database_sha256);
    // secrets do not stand in it; a restored folder is about itself, wherever this one's parts lie
    if let Ok(text) = fs::read_to_string(&config.file) {
        let sum = write("doisoat.toml", at_home(&text).as_bytes())?;
        sums.extend([format!("{sum}  doisoat.toml\n")]);
    }
    for named in &config.files {
        // what stands elsewhere is saved from there
        let inside = named.strip_prefix(&config.dir).ok();
        let below = |path: &&Path| path.components().all(|c| matches!(c, Component::Normal(_)));
        let Some(inside) = inside.filter(below) else {
            continue;
        };
        let bytes = match fs::read(named) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                saved.missing_files.push(inside.to_string_lossy().into());
                continue;
            }
            read => read.with_context(|| named.display().to_string())?,
        };
        if let Some(above) = place(&inside.to_string_lossy()).parent() {
            fs::create_dir_all(above).with_context(|| above.display().to_string())?;
        }
        let inside = inside.to_string_lossy();
        let sum = write(&inside, &bytes)?;
        sums.extend([format!("{sum}  {inside}\n")]);
    }
    write("SHA256SUMS", sums.as_bytes())?;
    for name in [DATABASE, ARCHIVE, "SHA256SUMS", "."] {
        let synced = fs::File::open(place(name)).and_then(|file| file.sync_all());
        synced.with_context(|| place(name).display().to_string())?;
    }
    Ok(saved)
}

/// Checks the copy, and lists the archived bytes that it names.
async fn look(copy: &Store, archive: &Archive) -> Result<(Saved, String), JobError> {
    copy.check().await?;
    let pruned = copy.pruned().await?;
    let mut saved = Saved {
        folder: PathBuf::new(),
        database_sha256: String::new(),
        runs: copy.run_places().await?.len(),
        archived: 0,
        archived_bytes: 0,
        missing: Vec::new(),
        missing_files: Vec::new(),
    };
    let mut list = String::new();
    for sha256 in copy.evidence().await?.into_keys() {
        match archive.file(&sha256)? {
            Some((place, bytes)) => {
                saved.archived += 1;
                saved.archived_bytes += bytes;
                list.extend([format!("{sha256} {bytes} {}\n", place.display())]);
            }
            None if pruned.holds(&sha256) => {}
            None => saved.missing.push(sha256),
        }
    }
    Ok((saved, list))
}
