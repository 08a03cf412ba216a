//! The evidence of a night: what it read, as the chain sealed it, and the bytes in the archive.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::answers::Answers;
use super::chain::{Chain, Link};
use super::lists;
use crate::domain::Text;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::archive::Archive;
use crate::store::{Removed, RunRecord, SealList, Sealed, StoreError, seal_of};

/// What was found besides what does not hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looked {
    /// The answers were sealed, and held against their seals.
    pub(super) sealed: bool,
    /// Some bytes were removed by rule.
    pub(super) pruned: bool,
    /// Answers came after the publication: no list holds them yet.
    pub(super) late: bool,
}

/// How closely the bytes of the archive are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bytes {
    /// Each is read, and is what its name says.
    Whole,
    /// Each is there.
    There,
}

impl Bytes {
    fn check(self, archive: &Archive, sha256: &str) -> Result<(), StoreError> {
        match self {
            Self::There if archive.file(sha256)?.is_some() => Ok(()),
            Self::There | Self::Whole => archive.check(sha256),
        }
    }
}

/// What is known of all runs.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    /// The chain.
    pub(super) chain: &'k Chain,
    /// What was removed by rule.
    pub(super) pruned: &'k Removed,
    /// Answers that count as such.
    pub(super) answers: &'k Answers,
}

const SEALED_ANSWERS: Text = text(
    "câu trả lời của nguồn phải như khi công bố",
    "what sources answered is as it was when the night was published",
);

/// Holds the answers of a run's night against its list, and looks for the bytes of all that the run
/// names.
pub(super) async fn check(
    desk: &Desk,
    run: &RunRecord,
    known: Known<'_>,
    bytes: Bytes,
    findings: &mut Findings,
) -> Result<Looked, JobError> {
    let mut looked = Looked::default();
    let mut named: BTreeMap<Box<str>, String> = BTreeMap::new();
    for (name, sha256) in &run.files {
        named.insert(sha256.clone(), format!("file {name}"));
    }
    for (what, sha256) in desk.store.kept(&run.id).await? {
        if &*what != "seals" {
            named.insert(sha256, format!("document {what}"));
        }
    }
    if let Some(link) = known.chain.link(&run.id) {
        answers(desk, known, link, &mut named, (&mut looked, findings)).await?;
    }
    for (sha256, what) in &named {
        desk.checkpoint()?;
        let Err(error) = bytes.check(&desk.archive, sha256) else {
            continue;
        };
        if known.pruned.holds(sha256) {
            looked.pruned = true;
            continue;
        }
        let must = text(
            "chứng cứ của đêm phải còn trong kho lưu; khôi phục tệp từ bản sao lưu",
            "the evidence of a night is in the archive; restore the file from a backup",
        );
        let about = format!("archive {} {what} {sha256}", run.business_date);
        findings.add(Invariant::Stored, about, must, sha256, error.to_string());
    }
    Ok(looked)
}

/// The answers against the list of the run, and the bytes that they name.
async fn answers(
    desk: &Desk,
    known: Known<'_>,
    link: &Link,
    named: &mut BTreeMap<Box<str>, String>,
    (looked, findings): (&mut Looked, &mut Findings),
) -> Result<(), JobError> {
    let Some(sha256) = &link.evidence else {
        return Ok(());
    };
    let whose = ("evidence", link.night);
    let Some(bytes) = lists::bytes(&desk.archive, whose, sha256, findings) else {
        return Ok(());
    };
    looked.sealed = true;
    let mut list = SealList::read(&bytes);
    let after = known.chain.night_before(link);
    let later = |other: &Link| other.night == link.night && other.seq > link.seq;
    let replaced = known.chain.links.iter().any(later);
    for (sealed, rows) in desk.store.evidence_of(link.night, &after).await? {
        let mut wanted = list.lines.remove(sealed.table).unwrap_or_default();
        for row in &rows {
            one(
                sealed,
                row,
                (link, replaced, known.answers),
                &mut wanted,
                (looked, findings),
            );
            let sha256 = row["sha256"].as_str();
            if let (Some(sha256), "reading") = (sha256, sealed.table) {
                let words = ["source", "what"].map(|name| row[name].as_str().unwrap_or_default());
                named.insert(sha256.into(), format!("answer {}", words.join(" ")));
            }
        }
        for (name, hashes) in wanted {
            let about = format!("{} {name}", sealed.table);
            let wanted: Vec<String> = hashes.into_iter().collect();
            let wanted = wanted.join(" | ");
            findings.add(Invariant::Stored, about, SEALED_ANSWERS, wanted, "-");
        }
    }
    Ok(())
}

/// One row; what the list names of it is taken away. What the list of a replaced version does not
/// name is judged by that of the version which stands.
fn one(
    sealed: &Sealed,
    row: &Value,
    (link, replaced, answers): (&Link, bool, &Answers),
    wanted: &mut BTreeMap<String, BTreeSet<String>>,
    (looked, findings): (&mut Looked, &mut Findings),
) {
    let (name, hash) = seal_of(sealed, row);
    let expected = match wanted.remove(&name) {
        Some(hashes) if hashes.contains(&hash) => return,
        Some(hashes) => hashes.into_iter().collect::<Vec<_>>().join(" | "),
        // bytes that a later answer brought again
        None if replaced || sealed.table == "raw" => return,
        None if came_after(link, row, answers, &name) => {
            looked.late = true;
            return;
        }
        None => "-".to_owned(),
    };
    let about = format!("{} {name}", sealed.table);
    findings.add(Invariant::Stored, about, SEALED_ANSWERS, expected, hash);
}

/// True for an answer that came after the publication. Those of older programs stood in no stage,
/// and nothing but their time tells.
fn came_after(link: &Link, row: &Value, answers: &Answers, name: &str) -> bool {
    let by_clock = || row["pulled_ms_wall"].as_i64() > Some(link.pulled_ms);
    answers.came_after(name, link.seq) || !link.is_staged && by_clock()
}
