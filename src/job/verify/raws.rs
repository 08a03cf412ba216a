//! Where archived bytes came from: each entry is named by the list of a publication, or waits for
//! one as its pull stored it. What a list tells otherwise, and what of it is gone, is told with the
//! evidence of its night.

use super::chain::{Chain, Link};
use super::known::Known;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{EVIDENCE, seal_of, staged_as, staged_name};

/// Tells every entry that no list names and that is not as a pull stored it.
pub(super) async fn check(
    desk: &Desk,
    chain: &Chain,
    findings: &mut Findings,
) -> Result<(), JobError> {
    let Some(sealed) = EVIDENCE.iter().find(|sealed| sealed.table == "raw") else {
        return Ok(());
    };
    // a list that is lost is told with the evidence of its night
    let bytes = |link: &Link| desk.archive.get(link.evidence.as_deref()?).ok();
    let mut known = Known::read(desk, chain, sealed.table, bytes).await?;
    known.is_open |= chain.begins_later() || desk.store.pulled_by_older().await?;
    known.is_open |= chain.links.iter().any(|link| !link.is_staged);
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
        if known.listed.contains_key(&name) {
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
