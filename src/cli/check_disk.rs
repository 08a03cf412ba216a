//! `doisoat check` about folders and the room in them.

use std::path::Path;

use super::check::Line;
use crate::job::Exit;

/// A folder is there and takes a file.
pub(super) fn writable(name: &str, dir: &Path) -> Line {
    match trouble(dir) {
        None => Line::ok(name, dir.display().to_string()),
        Some((message, fix)) => Line::fail(name, Exit::Usage, message, fix),
    }
}

/// The folder of the metrics takes a file; a night is published without it.
pub(super) fn metrics(file: &Path) -> Line {
    let dir = file.parent().unwrap_or(Path::new("."));
    match trouble(dir) {
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
    Some((message, "give the user of doisoat the right to write there"))
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
