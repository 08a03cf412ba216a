//! `doisoat migrate`: applies pending migrations.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::owner::refuse_root;
use super::places::elsewhere;
use super::{Global, Outcome, block_on};
use crate::config::Config;
use crate::domain::{Lang, Text};
use crate::job::{Exit, JobError, lost};
use crate::store::OpenMode;

/// Arguments of `migrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat migrate               apply what is pending; SQLite copies itself first
  doisoat migrate --json        {\"schema_version\":1,\"applied\":[...]}")]
pub struct MigrateArgs {
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    applied: Vec<String>,
}

pub(super) fn run(global: &Global, args: &MigrateArgs) -> Outcome {
    let config = global.load()?;
    refuse_root(&config, global.lang(Some(&config)))?;
    let applied = block_on(migrate(&config))??;
    if args.json {
        json_line(&Document {
            schema_version: 1,
            applied,
        });
        return Ok(Exit::Done);
    }
    let lang: Lang = global.lang(Some(&config));
    if applied.is_empty() {
        let text = Text {
            vi: "Cơ sở dữ liệu đã mới nhất.",
            en: "The database is up to date.",
        };
        out(&format!("{}\n", text.get(lang)));
    }
    for name in applied {
        out(&format!("  ^  {name}\n"));
    }
    out(&elsewhere(&config, lang));
    Ok(Exit::Done)
}

async fn migrate(config: &Config) -> Result<Vec<String>, JobError> {
    let store = lost::open(config, OpenMode::Any).await?;
    let applied = store.migrate().await?;
    store.close().await;
    Ok(applied)
}
