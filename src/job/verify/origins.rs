//! Where rows stood in what told them: each entry is as the list of its publication tells it, or
//! waits for a list as its pull stored it.

use std::collections::BTreeSet;

use super::chain::{Chain, Link};
use super::known::Known;
use super::lists;
use crate::domain::Text;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{ORIGIN, seal_of, staged_as, staged_name};

/// What the entries of a run are called that was published before they were sealed.
pub(super) const NEVER_SEALED: Text = text(
    "vị trí của dòng trong tệp nguồn (bản cũ không niêm phong)",
    "where rows stood in files and answers (an older program sealed none)",
);

/// Tells every entry that is not as it was sealed or pulled. True where some came after the last
/// publication.
pub(super) async fn check(
    desk: &Desk,
    chain: &Chain,
    findings: &mut Findings,
) -> Result<bool, JobError> {
    let bytes = |link: &Link| {
        let whose = (ORIGIN.table, link.night);
        lists::bytes(&desk.archive, whose, link.origins.as_deref()?, findings)
    };
    let mut known = Known::read(desk, chain, ORIGIN.table, bytes).await?;
    let mut add = |about: String, expected: &str, found: &str| {
        let what = text(
            "vị trí của dòng trong tệp nguồn phải như khi đọc",
            "where a row stood in what told it is as it was read",
        );
        findings.add(Invariant::Stored, about, what, expected, found);
    };
    let mut late = false;
    for row in &desk.store.all_origins().await? {
        let (name, hash) = seal_of(&ORIGIN, row);
        let (key, digest) = staged_as(&ORIGIN, row);
        let staged = known.staged.remove(&*key);
        let expected = match (known.listed.remove(&name), staged) {
            (Some(hashes), _) if hashes.contains(&hash) => continue,
            (Some(hashes), _) => joined(hashes),
            (None, Some(wanted)) if *wanted == *digest => {
                late = true;
                continue;
            }
            (None, Some(wanted)) => wanted.into(),
            (None, None) if known.is_open => continue,
            (None, None) => "-".to_owned(),
        };
        add(format!("{} {name}", ORIGIN.table), &expected, &hash);
    }
    for (name, hashes) in known.listed {
        add(format!("{} {name}", ORIGIN.table), &joined(hashes), "-");
    }
    for (key, wanted) in &known.staged {
        add(staged_name(ORIGIN.table, key), wanted, "-");
    }
    Ok(late)
}

fn joined(hashes: BTreeSet<String>) -> String {
    hashes.into_iter().collect::<Vec<_>>().join(" | ")
}
