//! Which answers count as such: those that the list of their night holds as they are, and those
//! that wait for a list as their pull stored them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::chain::Chain;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{EVIDENCE, SealList, Sealed, seal_of, staged_as, staged_name};

/// The place of an answer that no publication has sealed yet.
const WAITS: i64 = i64::MAX;

/// The answers that count as such, each with its place in the chain: that of the publication which
/// sealed it first. A clock that stands still or goes back does not change it.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By name, as lists of seals call answers.
    places: HashMap<String, i64>,
    /// The last of each night.
    newest: BTreeMap<Box<str>, i64>,
}

impl Answers {
    /// True for an answer that came after the publication at this place of the chain.
    pub(super) fn came_after(&self, name: &str, seq: i64) -> bool {
        self.places.get(name).is_some_and(|place| *place > seq)
    }

    /// True where an answer to the night came after the publication at this place of the chain.
    pub(super) fn for_after(&self, night: &str, seq: i64) -> bool {
        self.newest.get(night).is_some_and(|place| *place > seq)
    }

    /// True where an answer to any night came after the publication at this place of the chain.
    pub(super) fn any_after(&self, seq: i64) -> bool {
        self.newest.values().any(|place| *place > seq)
    }
}

/// What the lists and the stage tell of answers.
struct Known {
    /// Hashes by name, each with the place of the first list that tells it.
    listed: HashMap<String, BTreeMap<String, i64>>,
    /// Digests by key, of what no list holds yet.
    staged: BTreeMap<Box<str>, Box<str>>,
    /// A list is lost, or an older program pulled: what nobody names may be an answer.
    is_open: bool,
}

/// Every answer that counts. One that waits and is not as it was pulled, or is gone, is a finding;
/// one that a list tells otherwise is found where the lists are held against the rows.
pub(super) async fn read(
    desk: &Desk,
    chain: &Chain,
    findings: &mut Findings,
) -> Result<Answers, JobError> {
    let mut answers = Answers::default();
    let Some(sealed) = EVIDENCE.iter().find(|sealed| sealed.table == "reading") else {
        return Ok(answers);
    };
    let mut known = known(desk, chain, sealed).await?;
    for row in &desk.store.answers().await? {
        let (name, hash) = seal_of(sealed, row);
        if let Some(place) = place(sealed, row, (&name, &hash), (&mut known, chain), findings) {
            let night = row["night"].as_str().unwrap_or_default();
            let newest = answers.newest.entry(night.into()).or_insert(place);
            *newest = place.max(*newest);
            answers.places.insert(name, place);
        }
    }
    for (key, wanted) in &known.staged {
        add(findings, sealed.table, key, (wanted, "-"));
    }
    Ok(answers)
}

async fn known(desk: &Desk, chain: &Chain, sealed: &Sealed) -> Result<Known, JobError> {
    let mut known = Known {
        listed: HashMap::new(),
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
            let of_name = known.listed.entry(name).or_default();
            for hash in hashes {
                of_name.entry(hash).or_insert(link.seq);
            }
        }
    }
    for row in desk.store.staged().await? {
        if &*row.table == sealed.table {
            known.staged.insert(row.key, row.seal);
        }
    }
    Ok(known)
}

/// The place of an answer that is as its list, or its pull, tells it.
fn place(
    sealed: &Sealed,
    row: &Value,
    (name, hash): (&str, &str),
    (known, chain): (&mut Known, &Chain),
    findings: &mut Findings,
) -> Option<i64> {
    let (key, digest) = staged_as(sealed, row);
    let staged = known.staged.remove(&*key);
    if let Some(hashes) = known.listed.get(name) {
        return hashes.get(hash).copied();
    }
    match staged {
        Some(wanted) if *wanted == *digest => Some(WAITS),
        Some(wanted) => {
            add(findings, sealed.table, &key, (&wanted, &digest));
            None
        }
        None if known.is_open => Some(by_clock(row, chain)),
        None if chain.begins_later() || chain.is_of_older() => None,
        None => {
            add(findings, sealed.table, &key, ("-", &digest));
            None
        }
    }
}

/// The place of an answer that nothing but its time tells of: after every publication whose pull
/// was earlier.
fn by_clock(row: &Value, chain: &Chain) -> i64 {
    let at = row["pulled_ms_wall"].as_i64().unwrap_or_default();
    let earlier = chain.links.iter().filter(|link| link.pulled_ms < at);
    let after = earlier.map(|link| link.seq.saturating_add(1)).max();
    after.unwrap_or(1)
}

fn add(findings: &mut Findings, table: &str, key: &str, (wanted, found): (&str, &str)) {
    let what = text(
        "câu trả lời chưa niêm phong phải như khi lấy từ nguồn",
        "an answer that is not sealed yet is as it was pulled",
    );
    let about = staged_name(table, key);
    findings.add(Invariant::Stored, about, what, wanted, found);
}
