//! PURE: what went back of payments, as settlement files tell it. Such a row bears the id of its
//! payment: `<id>#refund-<day>`. Several of one payment and day are told apart by their occurrence,
//! `<id>#refund-<day>#2`; the first has the plain name.
//!
//! A row that comes again has the id that it was stored under. One of another amount is a version
//! of a stored row that does not come again (a person decides), unless both tell different times of
//! the day: then it is another one.

use std::collections::{BTreeMap, BTreeSet};

use super::again::{Again, STEP};
use crate::domain::fold::squeeze;
use crate::domain::{Moment, Txn, TxnStatus};

impl Again {
    /// The ids under which what went back may be stored; `rows` still have their plain names.
    pub fn ids_of_returned(&self, rows: &[Txn]) -> Vec<String> {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for row in rows {
            *counts.entry(&row.id).or_default() += 1;
        }
        let wanted = counts.iter().flat_map(|(plain, count)| {
            let used = self.returned.get(*plain).and_then(BTreeSet::last).copied();
            let last = used.unwrap_or(0) + count + 1;
            (1..=last).map(move |n| named(plain, n))
        });
        wanted.collect()
    }

    /// The ids to ask for next, as [`Again::further`] tells them of others.
    pub fn further_returned(asked: &[String], found: &[Txn]) -> Vec<String> {
        let mut last: BTreeMap<&str, u32> = BTreeMap::new();
        for id in asked {
            let (plain, n) = parted(id);
            let known = last.entry(plain).or_default();
            *known = n.max(*known);
        }
        let there: BTreeSet<&str> = found.iter().map(|txn| &*txn.id).collect();
        let more = last
            .into_iter()
            .filter(|(plain, n)| there.contains(&*named(plain, *n)));
        more.flat_map(|(plain, n)| (n + 1..=n + STEP).map(move |n| named(plain, n)))
            .collect()
    }

    /// Gives what went back its ids: those of the `stored` rows that say the same, or may be
    /// earlier versions of it, and new ones.
    pub fn settle_returned(&mut self, rows: Vec<Txn>, stored: &[Txn]) -> Vec<Txn> {
        let mut known: BTreeMap<&str, BTreeMap<u32, &Txn>> = BTreeMap::new();
        for txn in stored {
            let (plain, n) = parted(&txn.id);
            known.entry(plain).or_default().insert(n, txn);
        }
        let mut groups: BTreeMap<Box<str>, Vec<Txn>> = BTreeMap::new();
        for row in rows {
            groups.entry((*row.id).into()).or_default().push(row);
        }
        let mut out = Vec::new();
        for (plain, rows) in groups {
            let used = self.returned.entry(plain.clone()).or_default();
            let mut free = known.remove(&*plain).unwrap_or_default();
            free.retain(|n, _| !used.contains(n));
            let (rows, twins) = folded(rows);
            let mut settled = settle(&plain, rows, free, used);
            for twin in twins {
                let of = settled.iter().find(|row| is_state_of(&twin, row));
                let id = of.map_or_else(|| twin.id.clone(), |row| row.id.clone());
                settled.push(Txn { id, ..twin });
            }
            out.append(&mut settled);
        }
        out
    }
}

/// The rows of one plain name, and those of them that are an earlier state of another one.
fn folded(mut rows: Vec<Txn>) -> (Vec<Txn>, Vec<Txn>) {
    rows.sort_by_cached_key(|row| {
        let texts = (squeeze(&row.memo), row.payer.to_string());
        (row.paid_at.ms(), row.amount, texts, row.status.id())
    });
    let (open, mut done): (Vec<Txn>, Vec<Txn>) = rows
        .into_iter()
        .partition(|row| row.status == TxnStatus::Pending);
    let mut taken = BTreeSet::new();
    let mut twins = Vec::new();
    let mut alone = Vec::new();
    for row in open {
        let mut later = done.iter().enumerate();
        let later = later.find(|(at, of)| !taken.contains(at) && is_state_of(&row, of));
        if let Some((at, _)) = later {
            taken.insert(at);
            twins.push(row);
        } else {
            alone.push(row);
        }
    }
    done.append(&mut alone);
    (done, twins)
}

fn settle(
    plain: &str,
    mut rows: Vec<Txn>,
    mut free: BTreeMap<u32, &Txn>,
    used: &mut BTreeSet<u32>,
) -> Vec<Txn> {
    let mut out = Vec::new();
    for likeness in [same, at_once, near, open, rival] {
        rows.retain(|row| {
            let found = free.iter().find(|(_, known)| likeness(row, known));
            let Some(n) = found.map(|(n, _)| *n) else {
                return true;
            };
            free.remove(&n);
            used.insert(n);
            let id = named(plain, n).into();
            out.push(Txn { id, ..row.clone() });
            false
        });
    }
    let mut next = 1;
    for row in rows {
        while used.contains(&next) || free.contains_key(&next) {
            next += 1;
        }
        used.insert(next);
        let id = named(plain, next).into();
        out.push(Txn { id, ..row });
    }
    out
}

fn named(plain: &str, n: u32) -> String {
    if n == 1 {
        plain.to_owned()
    } else {
        format!("{plain}#{n}")
    }
}

/// `M1#refund-2022-12-05#2`.
fn parted(id: &str) -> (&str, u32) {
    let split = id.rsplit_once('#');
    let split = split.and_then(|(plain, n)| Some((plain, n.parse().ok()?)));
    split.unwrap_or((id, 1))
}

/// True for what waits and what became of it, as one file tells both.
fn is_state_of(open: &Txn, done: &Txn) -> bool {
    done.status != TxnStatus::Pending && at_once(open, done)
}

/// The same in everything that people read.
fn same(a: &Txn, b: &Txn) -> bool {
    at_once(a, b) && a.order_ref == b.order_ref && squeeze(&a.memo) == squeeze(&b.memo)
}

/// As much at the same time.
fn at_once(a: &Txn, b: &Txn) -> bool {
    a.amount == b.amount && a.paid_at.ms() == b.paid_at.ms()
}

/// As much on the day, of which one tells no time.
fn near(a: &Txn, b: &Txn) -> bool {
    a.amount == b.amount && rival(a, b)
}

/// As much, while the time of one may still change.
fn open(a: &Txn, b: &Txn) -> bool {
    let open = |txn: &Txn| txn.status == TxnStatus::Pending;
    a.amount == b.amount && (open(a) || open(b))
}

/// At the same time, as far as it is told, whatever the amount.
fn rival(a: &Txn, b: &Txn) -> bool {
    let day_alone = |at: &Moment| at.ms() == at.day().start_ms();
    a.paid_at.ms() == b.paid_at.ms() || day_alone(&a.paid_at) || day_alone(&b.paid_at)
}
