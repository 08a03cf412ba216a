//! What the lists of seals and the stage tell of a table that a pull writes and no publication
//! changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chain::{Chain, Link};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::store::SealList;

/// What the lists and the stage tell.
pub(super) struct Known {
    /// Hashes by name, of all lists.
    pub(super) listed: HashMap<String, BTreeSet<String>>,
    /// Digests by key, of what no list holds yet. What a pull stored before it was killed stays
    /// here until an answer brings the same bytes again.
    pub(super) staged: BTreeMap<Box<str>, Box<str>>,
    /// A list is lost, or an older program wrote: what nobody names may be an entry of it.
    pub(super) is_open: bool,
}

impl Known {
    /// Reads the lists of all publications, each as `bytes` finds it, and the stage.
    pub(super) async fn read(
        desk: &Desk,
        chain: &Chain,
        table: &str,
        mut bytes: impl FnMut(&Link) -> Option<Vec<u8>>,
    ) -> Result<Self, JobError> {
        let mut known = Self {
            listed: HashMap::new(),
            staged: BTreeMap::new(),
            is_open: false,
        };
        for link in &chain.links {
            desk.checkpoint()?;
            let Some(bytes) = bytes(link) else {
                known.is_open = true;
                continue;
            };
            let mut list = SealList::read(&bytes);
            for (name, hashes) in list.lines.remove(table).unwrap_or_default() {
                known.listed.entry(name).or_default().extend(hashes);
            }
        }
        for row in desk.store.staged().await? {
            if &*row.table == table {
                known.staged.insert(row.key, row.seal);
            }
        }
        Ok(known)
    }
}
