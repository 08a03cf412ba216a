//! The files of the repository that the rules look at.

use std::fs;
use std::io;
use std::path::Path;

use super::lexer::{self, Views};

/// Folders that hold no text of ours: build output, other tools' state, third-party or generated
/// data, and what a demo leaves behind.
const SKIPPED_FOLDERS: &[&str] = &[".git", "target", "fixtures", "snapshots", "doisoat-demo"];

/// Ends of the names of the text files that the rules read.
const TEXT_ENDS: &[&str] = &[
    ".rs", ".sql", ".md", ".toml", ".html", ".css", ".ftl", ".case", ".service", ".timer", "/run",
];

/// One file, and for Rust its views.
pub(crate) struct File {
    /// Path inside the repository, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Code, comments and strings apart; all empty when the file is not Rust.
    pub views: Views,
    /// The code that is compiled into the program: no test modules.
    pub live: String,
}

impl File {
    /// A file from its path and text.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let views = if path.ends_with(".rs") {
            lexer::split(text)
        } else {
            Views::default()
        };
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            live: lexer::without_tests(&views.code),
            views,
        }
    }

    /// Whether this is a Rust file.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The first folder or file under `src`, without `.rs`: `kpi`, `settle`.
    pub(crate) fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }

    /// The module path: `src/kpi/share.rs` is `["kpi", "share"]`.
    pub(crate) fn module(&self) -> Vec<String> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let stem = inside.strip_suffix(".rs").unwrap_or(inside);
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        if matches!(stem, "lib" | "main") {
            return Vec::new();
        }
        stem.split('/').map(str::to_owned).collect()
    }
}

/// All files, in byte order of their paths.
pub(crate) struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// A tree of given files.
    pub(crate) fn new(mut files: Vec<File>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let test_files: Vec<String> = files.iter().flat_map(declared_test_files).collect();
        for file in &mut files {
            if test_files.contains(&file.path) {
                file.live = String::new();
            }
        }
        Self { files }
    }

    /// Reads the repository at `root`.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        read_folder(root, "", &mut files)?;
        Ok(Self::new(files))
    }

    /// Every text file.
    pub(crate) fn all(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Every Rust file.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is_rust())
    }

    /// Every Rust file of the program.
    pub(crate) fn program(&self) -> impl Iterator<Item = &File> {
        self.rust().filter(|file| file.path.starts_with("src/"))
    }

    /// The file at `path`.
    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The files that `file` declares as `#[cfg(test)] mod name;`.
fn declared_test_files(file: &File) -> Vec<String> {
    let code = &file.views.code;
    let folder = child_folder(&file.path);
    code.match_indices("#[cfg(test)]")
        .filter_map(|(at, mark)| {
            let item = &code[at + mark.len()..lexer::end_of_item(code, at + mark.len())];
            let (_, name) = item.split_once("mod ")?;
            let name = name.strip_suffix(';')?.trim();
            Some(format!("{folder}/{name}.rs"))
        })
        .collect()
}

/// The folder in which the child modules of the file at `path` stand.
pub(crate) fn child_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => path.strip_suffix(".rs").unwrap_or(path).to_owned(),
    }
}

fn read_folder(root: &Path, inside: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(inside))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = if inside.is_empty() {
            name.clone()
        } else {
            format!("{inside}/{name}")
        };
        if entry.file_type()?.is_dir() {
            if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                read_folder(root, &path, files)?;
            }
        } else if TEXT_ENDS.iter().any(|end| path.ends_with(end)) {
            files.push(File::new(&path, &fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}
