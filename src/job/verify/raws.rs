//! Where archived bytes came from: each entry is named by the list of a publication, or waits for
//! one as its pull stored it. What a list tells otherwise, and what of it is gone, is told with the
//! evidence of its night.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Chain;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{EVIDENCE, SealList, Sealed, seal_of, staged_as, staged_name};

/// What the lists and the stage tell.
struct Known {
    /// Names, of all lists.
    listed: BTreeSet<String>,
    /// Digests by key, of what no list holds yet. What a pull stored before it was killed stays
    /// here until an answer brings the same bytes again.
    staged: BTreeMap<Box<str>, Box<str>>,
    /// A list is lost, or an older program pulled: what nobody names may be an entry of it.
    is_open: bool,
}

/// Tells every entry that no list names and that is not as a pull stored it.
pub(super) async fn check(
    desk: &Desk,
    chain: &Chain,
    findings: &mut Findings,
) -> Result<(), JobError> {
    let Some(sealed) = EVIDENCE.iter().find(|sealed| sealed.table == "raw") else {
        return Ok(());
    };
    let mut known = known(desk, chain, sealed).await?;
    let mut add = |about: String, expected: &str, found: &str| {
        let what = text(
            "chứng cứ phải có trong danh sách niêm phong, hoặc đúng như khi lấy từ nguồn",
            "evidence is named by a list of seals, or is as it was pulled",
        );
        findings.add(Invariant::Stored, about, what, expected, found);
    };
    for row in &desk.store.raws().await? {
        let (key, digest) = staged_as(sealed, row);
        let staged = known.staged.remove(&*key);
        let name = seal_of(sealed, row).0;
        if known.listed.contains(&name) {
            continue;
        }
        let expected = match &staged {
            Some(wanted) if **wanted == *digest => continue,
            Some(wanted) => wanted,
            None if known.is_open => continue,
            None => "-",
        };
        add(format!("{} {name}", sealed.table), expected, &digest);
    }
    for (key, wanted) in &known.staged {
        add(staged_name(sealed.table, key), wanted, "-");
    }
    Ok(())
}

async fn known(desk: &Desk, chain: &Chain, sealed: &Sealed) -> Result<Known, JobError> {
    let mut known = Known {
        listed: BTreeSet::new(),
        staged: BTreeMap::new(),
        is_open: chain.begins_later() || desk.store.pulled_by_older().await?,
    };
    for link in &chain.links {
        desk.checkpoint()?;
        let list = link.evidence.as_deref();
        // one that is lost is told with the evidence of its night
        let Some(bytes) = list.and_then(|sha256| desk.archive.get(sha256).ok()) else {
            known.is_open = true;
            continue;
        };
        known.is_open |= !link.is_staged;
        let mut list = SealList::read(&bytes);
        let names = list.lines.remove(sealed.table).unwrap_or_default();
        known.listed.extend(names.into_keys());
    }
    for row in desk.store.staged().await? {
        if &*row.table == sealed.table {
            known.staged.insert(row.key, row.seal);
        }
    }
    Ok(known)
}
