//! Which answers count as such: those that the list of their night holds as they are, and those
//! that wait for a list as their pull stored them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::chain::Chain;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{EVIDENCE, SealList, Sealed, seal_of, staged_as, staged_name};

/// What the lists and the stage tell of answers.
struct Known {
    /// Hashes by name, of all lists.
    listed: BTreeMap<String, BTreeSet<String>>,
    /// Digests by key, of what no list holds yet.
    staged: BTreeMap<Box<str>, Box<str>>,
    /// A list is lost, or an older program pulled: what nobody names may be an answer.
    is_open: bool,
}

/// The newest pull that read anything for each night, milliseconds since 1970 in UTC. An answer
/// that waits and is not as it was pulled, or is gone, is a finding; one that a list tells
/// otherwise is found where the lists are held against the rows.
pub(super) async fn newest(
    desk: &Desk,
    chain: &Chain,
    findings: &mut Findings,
) -> Result<BTreeMap<String, i64>, JobError> {
    let Some(sealed) = EVIDENCE.iter().find(|sealed| sealed.table == "reading") else {
        return Ok(BTreeMap::new());
    };
    let mut known = known(desk, chain, sealed).await?;
    let mut newest: BTreeMap<String, i64> = BTreeMap::new();
    for row in &desk.store.answers().await? {
        if counts(sealed, row, &mut known, findings) {
            let night = row["night"].as_str().unwrap_or_default();
            let ms = row["pulled_ms_wall"].as_i64().unwrap_or_default();
            let so_far = newest.entry(night.to_owned()).or_insert(ms);
            *so_far = ms.max(*so_far);
        }
    }
    for (key, wanted) in &known.staged {
        add(findings, sealed.table, key, (wanted, "-"));
    }
    Ok(newest)
}

async fn known(desk: &Desk, chain: &Chain, sealed: &Sealed) -> Result<Known, JobError> {
    let mut known = Known {
        listed: BTreeMap::new(),
        staged: BTreeMap::new(),
        is_open: desk.store.pulled_by_older().await?,
    };
    for link in &chain.links {
        desk.checkpoint()?;
        let Some(sha256) = &link.evidence else {
            continue;
        };
        let Ok(bytes) = desk.archive.get(sha256) else {
            // it is told with the evidence of its night
            known.is_open = true;
            continue;
        };
        let mut list = SealList::read(&bytes);
        for (name, hashes) in list.lines.remove(sealed.table).unwrap_or_default() {
            known.listed.entry(name).or_default().extend(hashes);
        }
    }
    for row in desk.store.staged().await? {
        if &*row.table == sealed.table {
            known.staged.insert(row.key, row.seal);
        }
    }
    Ok(known)
}

/// True for an answer as its list, or its pull, tells it.
fn counts(sealed: &Sealed, row: &Value, known: &mut Known, findings: &mut Findings) -> bool {
    let (name, hash) = seal_of(sealed, row);
    let (key, digest) = staged_as(sealed, row);
    let staged = known.staged.remove(&*key);
    if let Some(hashes) = known.listed.get(&name) {
        return hashes.contains(&hash);
    }
    match staged {
        Some(wanted) if *wanted == *digest => true,
        Some(wanted) => {
            add(findings, sealed.table, &key, (&wanted, &digest));
            false
        }
        None => known.is_open,
    }
}

fn add(findings: &mut Findings, table: &str, key: &str, (wanted, found): (&str, &str)) {
    let what = text(
        "câu trả lời chưa niêm phong phải như khi lấy từ nguồn",
        "an answer that is not sealed yet is as it was pulled",
    );
    let about = staged_name(table, key);
    findings.add(Invariant::Stored, about, what, wanted, found);
}
