//! Where rows stood in what told them: each entry is as the list of its publication tells it, or
//! waits for a list as its pull stored it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chain::Chain;
use super::lists;
use crate::domain::Text;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{ORIGIN, SealList, seal_of, staged_as, staged_name};

/// What the entries of a run are called that was published before they were sealed.
pub(super) const NEVER_SEALED: Text = text(
    "vị trí của dòng trong tệp nguồn (bản cũ không niêm phong)",
    "where rows stood in files and answers (an older program sealed none)",
);

/// What the lists and the stage tell.
struct Known {
    /// Hashes by name, of all lists.
    listed: HashMap<String, BTreeSet<String>>,
    /// Digests by key, of what no list holds yet.
    staged: BTreeMap<Box<str>, Box<str>>,
    /// A list is lost, or an older program published: what nobody names may be an entry of it.
    is_open: bool,
}

/// Tells every entry that is not as it was sealed or pulled. True where some came after the last
/// publication.
pub(super) async fn check(
    desk: &Desk,
    chain: &Chain,
    findings: &mut Findings,
) -> Result<bool, JobError> {
    let mut known = known(desk, chain, findings).await?;
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

async fn known(desk: &Desk, chain: &Chain, findings: &mut Findings) -> Result<Known, JobError> {
    let mut known = Known {
        listed: HashMap::new(),
        staged: BTreeMap::new(),
        is_open: false,
    };
    for link in &chain.links {
        desk.checkpoint()?;
        let whose = (ORIGIN.table, link.night);
        let list = link.origins.as_deref();
        let list = list.and_then(|sha256| lists::bytes(&desk.archive, whose, sha256, findings));
        let Some(bytes) = list else {
            known.is_open = true;
            continue;
        };
        let mut list = SealList::read(&bytes);
        for (name, hashes) in list.lines.remove(ORIGIN.table).unwrap_or_default() {
            known.listed.entry(name).or_default().extend(hashes);
        }
    }
    for row in desk.store.staged().await? {
        if &*row.table == ORIGIN.table {
            known.staged.insert(row.key, row.seal);
        }
    }
    Ok(known)
}
