//! `doisoat backup`: a consistent copy of the database, with the list of the archive.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::owner::refuse_root_in;
use super::{Global, Outcome, block_on};
use crate::domain::{Lang, Text};
use crate::job::Exit;
use crate::job::backup::{self, Saved};

/// Arguments of `backup`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat backup /backup/2022-12-06           at any time, also while a night runs
  doisoat backup /backup/2022-12-06 --json    for scripts
Makes the folder with doisoat.db, ARCHIVE (SHA-256, size and place of every archived file that the copy
names), doisoat.toml with the files beside it that it names, and SHA256SUMS, and checks the copy. The copy of
doisoat.toml names the database, archive and reports beside it, wherever they are now (its head says where):
a restored folder is about itself. Then copy the archive folder, whose files never
change: `rsync -a archive/ /backup/archive/`. To restore, put doisoat.db and archive back and run
`doisoat verify --all`. PostgreSQL has pg_dump: the message says how.
Exit codes: 0 done, 1 archived files are missing (they are named), 2 the folder is there, or cannot be made,
or PostgreSQL.")]
pub struct BackupArgs {
    /// The folder to make
    #[arg(value_name = "PATH")]
    to: PathBuf,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    saved: &'a Saved,
}

pub(super) fn run(global: &Global, args: &BackupArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    refuse_root_in(&[&args.to], lang)?;
    let saved = block_on(backup::backup(&config, &args.to))??;
    if args.json {
        json_line(&Document {
            schema_version: 1,
            saved: &saved,
        });
    } else {
        out(&print(&saved, lang));
    }
    Ok(
        if saved.missing.is_empty() && saved.missing_files.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        },
    )
}

fn print(saved: &Saved, lang: Lang) -> String {
    let text = Text {
        vi: "{folder}: cơ sở dữ liệu với {runs} lần chạy; kho lưu có {n} tệp, {bytes} byte.\n",
        en: "{folder}: the database with {runs} runs; the archive has {n} files, {bytes} bytes.\n",
    };
    let mut lines = text
        .get(lang)
        .replace("{folder}", &saved.folder.display().to_string())
        .replace("{runs}", &saved.runs.to_string())
        .replace("{n}", &saved.archived.to_string())
        .replace("{bytes}", &saved.archived_bytes.to_string());
    let missing = Text {
        vi: "  THIẾU trong kho lưu: ",
        en: "  MISSING in the archive: ",
    };
    for sha256 in &saved.missing {
        lines.extend([missing.get(lang), sha256, "\n"]);
    }
    let beside = Text {
        vi: "  THIẾU bên cạnh doisoat.toml: ",
        en: "  MISSING beside doisoat.toml: ",
    };
    for name in &saved.missing_files {
        lines.extend([beside.get(lang), name, "\n"]);
    }
    lines
}
