//! Where the row of an exception came from: file or answer, line, digest, and the line itself.

use serde::Serialize;

use super::show::own;
use crate::config::Config;
use crate::domain::{Day, Lang, RejectCode};
use crate::job::JobError;
use crate::job::origin::{Found, Held, Whose, find};
use crate::matching::Evidence;
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
    let txn = own(detail);
    let whose = Whose {
        id: &key.id,
        payer: txn.map_or("", |txn| &*txn.payer),
        account: txn.and_then(|txn| txn.account.as_deref()),
    };
    let mut found = find(store, &config.archive_dir, origin, whose).await?;
    if detail.record.evidence.iter().any(is_unverified) {
        // nobody has vouched for what it says
        found.text = None;
    }
    Ok(Some(found))
}

/// True for a webhook that did not verify.
fn is_unverified(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::At(_, _, _, _, RejectCode::Unverified))
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
    text: Option<&'a str>,
}

impl<'a> OriginJson<'a> {
    pub(super) fn new(came: &'a Found) -> Self {
        Self {
            file: text::mask_origin(&came.origin.name),
            line: came.origin.line,
            sha256: &came.origin.sha256,
            archive: came.held.id(),
            text: came.text.as_deref(),
        }
    }
}

/// The file, the line and the digest, and the line itself.
pub(super) fn print_origin(came: &Found, lang: Lang) -> Vec<String> {
    let (file, line) = (
        text::mask_origin(&came.origin.name),
        came.origin.line.to_string(),
    );
    let args = [
        ("file", &*file),
        ("line", &*line),
        ("sha256", &*came.origin.sha256),
    ];
    let whole = if text::is_file(&came.origin.name) {
        "origin-whole"
    } else {
        "origin-whole-answer"
    };
    let title = text::say(lang, "origin-heading", &[]);
    let mut lines = vec![format!("\n{title}\n  - {}", text::say(lang, whole, &args))];
    let gone = match came.held {
        Held::Kept => None,
        Held::Pruned => Some("origin-pruned"),
        Held::Lost => Some("origin-lost"),
    };
    lines.extend(gone.map(|key| format!("  - {}", text::say(lang, key, &[]))));
    let text = came.text.iter().flat_map(|text| text.lines());
    lines.extend(text.map(|line| format!("  > {line}")));
    lines
}
