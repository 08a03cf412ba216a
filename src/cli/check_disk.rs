//! `doisoat check` about folders and the room in them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use super::check::Line;
use crate::job::Exit;

/// What to do where a folder or file of ours takes no writes.
const LET_WRITE: &str = "let the user of doisoat write there: chown -R it to that user";

/// A folder is there and takes a file.
pub(super) fn writable(name: &str, dir: &Path) -> Line {
    match trouble(dir) {
        None => Line::ok(name, dir.display().to_string()),
        Some((message, fix)) => Line::fail(name, Exit::Usage, message, fix),
    }
}

/// The archive takes a file, also in the folders that it has already: somebody else who ran a night
/// leaves some behind that are not ours to write.
pub(super) fn archive(dir: &Path) -> Line {
    let line = writable("archive", dir);
    if trouble(dir).is_some() {
        return line;
    }
    let first = folders(dir);
    let second = first.iter().flat_map(|folder| folders(folder));
    let closed = first.iter().cloned().chain(second).find(|folder| {
        let wanted = Access::WRITE_OK | Access::EXEC_OK;
        rustix::fs::access(folder, wanted).is_err()
    });
    match closed {
        None => line,
        Some(folder) => {
            let message = format!("{} cannot be written", folder.display());
            Line::fail("archive", Exit::Usage, message, LET_WRITE)
        }
    }
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

/// A folder that files arrive in: it and each of its files can be read.
pub(super) fn inbox(name: &str, label: &str, path: &Path) -> Line {
    let shown = path.display();
    if !path.is_dir() {
        let message = format!("{label}, {shown} is not there");
        return Line::fail(name, Exit::Incomplete, message, format!("mkdir -p {shown}"));
    }
    match closed(path) {
        Ok(closed) if closed.is_empty() => Line::ok(name, format!("{label}, {shown}")),
        Ok(closed) => {
            let more = match closed.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            let (file, error) = &closed[0];
            let message = format!("{label}, {file}{more} cannot be read: {error}");
            Line::fail(name, Exit::Incomplete, message, let_read(path))
        }
        Err(error) => {
            let message = format!("{label}, {shown} cannot be read: {error}");
            Line::fail(name, Exit::Incomplete, message, let_read(path))
        }
    }
}

fn let_read(path: &Path) -> String {
    let path = path.display();
    format!("let the user of doisoat read it: setfacl -R -m u:doisoat:rX {path}, or chown")
}

/// The files of a folder that cannot be opened, in the order of their names.
fn closed(folder: &Path) -> io::Result<Vec<(String, io::Error)>> {
    let mut closed = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_file = fs::metadata(&path).map(|found| found.is_file());
        let opened = match is_file {
            Ok(false) => continue,
            Ok(true) => File::open(&path).map(drop),
            Err(error) => Err(error),
        };
        closed.extend(
            opened
                .err()
                .map(|error| (path.display().to_string(), error)),
        );
    }
    closed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(closed)
}

/// The folder of the metrics takes a file; a night is published without it.
pub(super) fn metrics(file: &Path) -> Line {
    let above = file.parent().unwrap_or(file);
    // a bare name has nothing above it
    let here = above.as_os_str().is_empty();
    match trouble(if here { Path::new(".") } else { above }) {
        None => Line::ok("metrics", file.display().to_string()),
        Some((message, _)) => Line::warn(
            "metrics",
            message,
            "make the folder of metrics.textfile, writable for the user of doisoat",
        ),
    }
}

/// Why a folder takes no file, and what to do.
fn trouble(dir: &Path) -> Option<(String, &'static str)> {
    let shown = dir.display();
    if !dir.is_dir() {
        return Some((format!("{shown} is not there"), "run `doisoat init`"));
    }
    let probe = dir.join(format!(".doisoat-check-{}.tmp", std::process::id()));
    let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    let error = written.err()?;
    let message = format!("{shown} cannot be written: {error}");
    Some((message, LET_WRITE))
}

/// Free space by `df`, which every system has; without it there is nothing to say.
pub(super) fn disk(dir: &Path) -> Line {
    const ENOUGH_KIB: u64 = 512 * 1024;
    let df = std::process::Command::new("df")
        .arg("-Pk")
        .arg(dir)
        .output();
    let text = df
        .map(|out| String::from_utf8_lossy(&out.stdout).into_owned())
        .unwrap_or_default();
    let field = text
        .lines()
        .nth(1)
        .and_then(|line| line.split_whitespace().nth(3));
    match field.and_then(|kib| kib.parse::<u64>().ok()) {
        Some(kib) if kib < ENOUGH_KIB => {
            let message = format!("{} MiB free in {}", kib / 1024, dir.display());
            Line::warn(
                "disk",
                message,
                "make room: a night needs a few MiB, the archive grows",
            )
        }
        Some(kib) => Line::ok(
            "disk",
            format!("{} MiB free in {}", kib / 1024, dir.display()),
        ),
        None => Line::warn("disk", "free space cannot be told", "look with `df`"),
    }
}
