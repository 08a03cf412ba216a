//! PURE: entries without an id of their own come again: in the next export of the same period, in
//! another format, with the time of day or without, with a longer memo. Each is known by its bare
//! id and an occurrence; of rows with one bare id those that say the same are the same, and only
//! what is left over is new.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fold::squeeze;
use crate::domain::{Moment, Reject, Txn, TxnStatus};

/// More occurrences are asked for when all of the last were there.
pub(super) const STEP: u32 = 16;

/// Occurrences given out in one file, by bare id.
#[derive(Clone, Debug, Default)]
pub struct Again {
    used: BTreeMap<Box<str>, BTreeSet<u32>>,
    bad: BTreeMap<Box<str>, u32>,
    /// The same of what went back, by its plain name.
    pub(super) returned: BTreeMap<Box<str>, BTreeSet<u32>>,
}

impl Again {
    /// The ids under which rows of the same bare ids may be stored.
    pub fn ids(&self, rows: &[Txn]) -> Vec<String> {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for row in rows {
            *counts.entry(&row.id).or_default() += 1;
        }
        let wanted = counts.iter().flat_map(|(bare, count)| {
            let used = self.used.get(*bare).and_then(BTreeSet::last).copied();
            let last = used.unwrap_or(0) + count + 1;
            (1..=last).map(move |n| format!("{bare}-{n}"))
        });
        wanted.collect()
    }

    /// The ids to ask for next: further occurrences where the last that was asked for was there.
    pub fn further(asked: &[String], found: &[Txn]) -> Vec<String> {
        let mut last: BTreeMap<&str, u32> = BTreeMap::new();
        for id in asked {
            if let Some((bare, n)) = parted(id) {
                let known = last.entry(bare).or_default();
                *known = n.max(*known);
            }
        }
        let there: BTreeSet<&str> = found.iter().map(|txn| &*txn.id).collect();
        let more = last
            .into_iter()
            .filter(|(bare, n)| there.contains(&*format!("{bare}-{n}")));
        more.flat_map(|(bare, n)| (n + 1..=n + STEP).map(move |n| format!("{bare}-{n}")))
            .collect()
    }

    /// Gives `rows` their ids: what is `stored` already and says the same is left out.
    pub fn settle(&mut self, rows: Vec<Txn>, stored: &[Txn]) -> Vec<Txn> {
        let mut known: BTreeMap<&str, BTreeMap<u32, &Txn>> = BTreeMap::new();
        for txn in stored {
            if let Some((bare, n)) = parted(&txn.id) {
                known.entry(bare).or_default().insert(n, txn);
            }
        }
        let mut groups: BTreeMap<Box<str>, Vec<Txn>> = BTreeMap::new();
        for row in rows {
            groups.entry((*row.id).into()).or_default().push(row);
        }
        let mut out = Vec::new();
        for (bare, rows) in groups {
            let used = self.used.entry(bare.clone()).or_default();
            let mut free = known.remove(&*bare).unwrap_or_default();
            free.retain(|n, _| !used.contains(n));
            settle_group(&bare, rows, free, used, &mut out);
        }
        out
    }

    /// The ids of all rows without an id of their own that were settled so far.
    pub fn settled(&self) -> BTreeSet<Box<str>> {
        let ids = self.used.iter();
        let ids = ids.flat_map(|(bare, used)| used.iter().map(move |n| format!("{bare}-{n}")));
        ids.map(Into::into).collect()
    }

    /// Gives a row that cannot be read its occurrence within the file.
    pub fn number(&mut self, mut reject: Reject) -> Reject {
        let count = self.bad.entry((*reject.id).into()).or_default();
        *count += 1;
        reject.id = format!("{}-{count}", reject.id).into();
        reject
    }
}

fn settle_group(
    bare: &str,
    mut rows: Vec<Txn>,
    mut free: BTreeMap<u32, &Txn>,
    used: &mut BTreeSet<u32>,
    out: &mut Vec<Txn>,
) {
    let order = |row: &Txn| {
        let account = row.account.as_deref().unwrap_or_default().to_owned();
        (
            account,
            row.paid_at.ms(),
            squeeze(&row.memo),
            row.payer.to_string(),
        )
    };
    rows.sort_by_cached_key(order);
    for likeness in [same, alike] {
        rows.retain(|row| {
            let found = free.iter().find(|(_, known)| likeness(row, known));
            let Some((n, known)) = found.map(|(n, known)| (*n, *known)) else {
                return true;
            };
            free.remove(&n);
            used.insert(n);
            if known.status == TxnStatus::Pending && row.status != TxnStatus::Pending {
                let id = known.id.clone();
                out.push(Txn { id, ..row.clone() });
            }
            false
        });
    }
    let mut next = 1;
    for row in rows {
        // what is stored under the same bare id and says something else: a person decides
        let rival = free.iter().find(|(_, known)| one_account(&row, known));
        let rival = rival.map(|(n, _)| *n);
        let n = rival.unwrap_or_else(|| {
            while used.contains(&next) || free.contains_key(&next) {
                next += 1;
            }
            next
        });
        free.remove(&n);
        used.insert(n);
        let id = format!("{bare}-{n}").into();
        out.push(Txn { id, ..row });
    }
}

/// `~0123456789ab-2`.
fn parted(id: &str) -> Option<(&str, u32)> {
    let (bare, n) = id.rsplit_once('-')?;
    Some((bare, n.parse().ok()?))
}

/// False when two accounts are told.
fn one_account(a: &Txn, b: &Txn) -> bool {
    match (&a.account, &b.account) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

/// The same in everything that people read.
fn same(a: &Txn, b: &Txn) -> bool {
    one_account(a, b)
        && a.paid_at.ms() == b.paid_at.ms()
        && squeeze(&a.memo) == squeeze(&b.memo)
        && squeeze(&a.payer) == squeeze(&b.payer)
}

/// The same, one told more shortly.
fn alike(a: &Txn, b: &Txn) -> bool {
    let shorter = |a: &str, b: &str| {
        let (a, b) = (squeeze(a), squeeze(b));
        a.contains(&b) || b.contains(&a)
    };
    let day_alone = |at: &Moment| at.ms() == at.day().start_ms();
    let times = a.paid_at.ms() == b.paid_at.ms() || day_alone(&a.paid_at) || day_alone(&b.paid_at);
    one_account(a, b) && times && shorter(&a.memo, &b.memo) && shorter(&a.payer, &b.payer)
}
