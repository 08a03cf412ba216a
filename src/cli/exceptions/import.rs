//! `doisoat exceptions import FILE`: decisions read back from the workbook.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::output::{json_line, out};
use crate::cli::who::WhoArgs;
use crate::cli::{Failure, Outcome, block_on};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::Lang;
use crate::format::{FileError, Limits};
use crate::job::import::{self, How, Imported};
use crate::job::{Exit, lost};
use crate::store::OpenMode;
use crate::text;
use crate::text::reject::explain_file;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The workbook of a night (XLSX), or a CSV with the same column keys
    file: PathBuf,
    #[command(flatten)]
    who: WhoArgs,
    /// Decide anew what was decided since the last night
    #[arg(long)]
    replace: bool,
    /// Check every row and write nothing
    #[arg(long)]
    dry_run: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    dry_run: bool,
    #[serde(flatten)]
    imported: &'a Imported,
}

pub(super) fn import(config: &Config, args: &ImportArgs, lang: Lang) -> Outcome {
    let bytes = bytes_of(args, lang)?;
    let how = How {
        by: args.who.name().into(),
        replace: args.replace,
        dry_run: args.dry_run,
        lang,
    };
    let imported = block_on(async {
        let store = lost::open(config, OpenMode::Ready).await?;
        let imported = import::import(&store, &SystemClock, &bytes, &how).await;
        store.close().await;
        imported
    })??;
    let imported = imported.map_err(|error| unread(args, error, lang))?;
    if args.json {
        json_line(&Document {
            schema_version: 1,
            dry_run: args.dry_run,
            imported: &imported,
        });
    } else {
        out(&print(&imported, args.dry_run, lang));
    }
    Ok(if imported.refused.is_empty() {
        Exit::Done
    } else {
        Exit::Usage
    })
}

/// The file, unless it is larger than any table that is read.
fn bytes_of(args: &ImportArgs, lang: Lang) -> Result<Vec<u8>, Failure> {
    let gone = |error: std::io::Error| {
        let message = format!("{}: {error}", args.file.display());
        Failure::new(Exit::Usage, message, "check the path and its permissions")
    };
    let size = std::fs::metadata(&args.file).map_err(gone)?.len();
    let limit = Limits::TABLE.file_bytes;
    if size > limit {
        let error = crate::format::FormatError::TooLarge { bytes: size, limit };
        return Err(unread(args, error, lang));
    }
    std::fs::read(&args.file).map_err(gone)
}

fn unread(args: &ImportArgs, error: crate::format::FormatError, lang: Lang) -> Failure {
    let name = args.file.display().to_string();
    let (message, fix) = explain_file(
        &FileError {
            file: name.into(),
            error,
        },
        lang,
    );
    Failure::new(Exit::Usage, message, fix)
}

fn print(imported: &Imported, dry_run: bool, lang: Lang) -> String {
    let Imported {
        written,
        unchanged,
        skipped,
        refused,
    } = imported;
    let mut lines: String = refused.iter().map(|row| row.line(lang)).collect();
    let [written, unchanged, skipped, refused] = [*written, *unchanged, *skipped, refused.len()]
        .map(|count| text::number(lang, i128::try_from(count).unwrap_or(i128::MAX)));
    let args = [
        ("written", &*written),
        ("unchanged", &*unchanged),
        ("skipped", &*skipped),
        ("refused", &*refused),
    ];
    let key = if dry_run {
        "import-tried"
    } else {
        "import-done"
    };
    lines.extend([text::say(lang, key, &args), "\n".to_owned()]);
    lines
}
