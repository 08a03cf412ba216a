//! `doisoat prune`: retention by rule.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::owner::refuse_root;
use super::run::desk;
use super::{Global, Outcome, block_on};
use crate::domain::{Lang, Text};
use crate::job::prune::{self, Pruned};
use crate::job::{Exit, JobError};

/// Arguments of `prune`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat prune --dry-run      what would go
  doisoat prune                remove it
Removes archived bytes that only nights older than [retention] years (10) before the last published
night need, and none from the first night of an item that is still open on. Rows, runs, decisions and
the chain over them stay: `verify` holds as before, and `replay` says what was pruned.")]
pub struct PruneArgs {
    /// Remove nothing, say what would go
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
    pruned: &'a Pruned,
}

pub(super) fn run(global: &Global, args: &PruneArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    refuse_root(&config, lang)?;
    let pruned = block_on(async {
        let desk = desk(config, global).await?;
        let lease = desk.lease("prune").await?;
        let pruned = prune::prune(&desk, args.dry_run).await;
        let released = desk.store.release_lease(lease).await;
        desk.clone().close().await;
        let pruned = pruned?;
        released?;
        Ok::<_, JobError>(pruned)
    })??;
    if args.json {
        json_line(&Document {
            schema_version: 1,
            dry_run: args.dry_run,
            pruned: &pruned,
        });
    } else {
        out(&print(&pruned, args.dry_run, lang));
    }
    Ok(Exit::Done)
}

fn print(pruned: &Pruned, dry_run: bool, lang: Lang) -> String {
    let text = if dry_run {
        Text {
            vi: "Thử, chưa xóa gì: {n} tệp gốc, {bytes} byte, chỉ các đêm trước {day} cần đến.\n",
            en: "Dry run, nothing removed: {n} raw files, {bytes} bytes, that only nights before {day} need.\n",
        }
    } else {
        Text {
            vi: "Đã xóa {n} tệp gốc, {bytes} byte, chỉ các đêm trước {day} cần đến.\n",
            en: "Removed {n} raw files, {bytes} bytes, that only nights before {day} need.\n",
        }
    };
    let mut lines = text
        .get(lang)
        .replace("{n}", &pruned.files.to_string())
        .replace("{bytes}", &pruned.bytes.to_string())
        .replace("{day}", &pruned.before.to_string());
    if pruned.held_by_open.is_some() {
        let held = Text {
            vi: "Giữ lại phần mà các khoản còn mở cần đến.\n",
            en: "What open items need was kept.\n",
        };
        lines += held.get(lang);
    }
    lines
}
