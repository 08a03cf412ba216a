//! Where the row of an exception came from: file or answer, line, digest, and the line itself.

use serde::Serialize;

use super::show::own;
use crate::config::Config;
use crate::domain::{Day, Lang};
use crate::job::origin::{Found, Held};
use crate::job::{self, JobError};
use crate::store::{ExceptionDetail, Store};
use crate::text;

/// Where the row of an exception came from; none of what older programs stored.
pub(super) async fn came_from(
    config: &Config,
    store: &Store,
    detail: &ExceptionDetail,
    as_of: Option<Day>,
) -> Result<Option<Found>, JobError> {
    let last = store.last_run().await?.map(|run| run.business_date);
    let Some(night) = as_of.or(last) else {
        return Ok(None);
    };
    let key = &detail.record.key;
    let Some(origin) = store.origins([key], night).await?.remove(key) else {
        return Ok(None);
    };
    Ok(Some(
        job::origin::find(store, &config.archive_dir, origin).await?,
    ))
}

/// Where the row came from.
#[derive(Serialize)]
pub(super) struct OriginJson<'a> {
    /// File name or request; numbers of accounts in it are masked.
    file: String,
    line: u64,
    sha256: &'a str,
    /// `kept`, `pruned` or `lost`.
    archive: &'static str,
    /// The line as it came, personal data masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl<'a> OriginJson<'a> {
    pub(super) fn new(came: &'a Found, detail: &ExceptionDetail) -> Self {
        Self {
            file: text::mask_file(&came.origin.name),
            line: came.origin.line,
            sha256: &came.origin.sha256,
            archive: came.held.id(),
            text: original(came, detail),
        }
    }
}

/// The line as it came without the people in it.
fn original(came: &Found, detail: &ExceptionDetail) -> Option<String> {
    let own = own(detail);
    let payer = own.map_or("", |txn| &*txn.payer);
    let account = own.and_then(|txn| txn.account.as_deref());
    let line = came.text.as_deref()?;
    Some(text::mask_memo(line, payer, account))
}

/// The file, the line and the digest, and the line itself.
pub(super) fn print_origin(came: &Found, detail: &ExceptionDetail, lang: Lang) -> Vec<String> {
    let (file, line) = (
        text::mask_file(&came.origin.name),
        came.origin.line.to_string(),
    );
    let args = [
        ("file", &*file),
        ("line", &*line),
        ("sha256", &*came.origin.sha256),
    ];
    let title = text::say(lang, "origin-heading", &[]);
    let mut lines = vec![format!(
        "\n{title}\n  - {}",
        text::say(lang, "origin-whole", &args)
    )];
    let gone = match came.held {
        Held::Kept => None,
        Held::Pruned => Some("origin-pruned"),
        Held::Lost => Some("origin-lost"),
    };
    lines.extend(gone.map(|key| format!("  - {}", text::say(lang, key, &[]))));
    lines.extend(original(came, detail).map(|line| format!("  > {line}")));
    lines
}
