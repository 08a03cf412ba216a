//! Which dossiers each payment settled, and how it was paid.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::books::Books;
use super::{Own, is_online};
use crate::domain::custom::DateBasis;
use crate::domain::{Day, Fee, Moment};

/// Payments by the name of their item, and the payments of each dossier.
pub(super) struct Paid<'b> {
    /// The dossiers of a payment.
    dossiers: BTreeMap<String, BTreeSet<usize>>,
    /// Paid online.
    online: BTreeMap<String, bool>,
    /// How the money of each dossier was paid, receipts left out; none where it is one of a
    /// certified set whose payments differ.
    of_dossier: BTreeMap<&'b str, Option<bool>>,
    /// Payments of certified sets of which some were paid online and some not.
    mixed: BTreeSet<String>,
    /// How payments were paid that are certainly open.
    open: BTreeSet<bool>,
}

impl<'b> Paid<'b> {
    pub(super) fn new(books: &'b Books<'_>) -> Self {
        let mut all = Self {
            dossiers: BTreeMap::new(),
            online: BTreeMap::new(),
            of_dossier: BTreeMap::new(),
            mixed: BTreeSet::new(),
            open: BTreeSet::new(),
        };
        let mut in_set: BTreeMap<usize, (BTreeSet<usize>, BTreeSet<bool>)> = BTreeMap::new();
        let mut members: BTreeMap<usize, BTreeSet<(&str, &str)>> = BTreeMap::new();
        for (d, dossier) in books.dossiers.iter().enumerate() {
            if let Some(set) = dossier.set {
                in_set.entry(set).or_default().0.insert(d);
            }
        }
        let mut kept: BTreeMap<usize, bool> = BTreeMap::new();
        for money in &books.money {
            let Some(txn) = money.txn() else { continue };
            let online = is_online(txn.instrument);
            if super::super::grey::is_open(money) {
                all.open.insert(online);
            }
            let name = format!("txn|{}|{}", txn.source, txn.id);
            if let Some(set) = money.set.and_then(|set| in_set.get_mut(&set)) {
                set.1.insert(online);
            }
            if let Some(set) = money.set {
                let key = (txn.source.as_str(), &*txn.id);
                members.entry(set).or_default().insert(key);
            }
            for stake in money.stakes.iter().map(|s| &books.stakes[*s]) {
                if stake.settles() {
                    let of = all.dossiers.entry(name.clone()).or_default();
                    of.insert(stake.dossier);
                    if !stake.is_gone() && stake.settled() > 0 {
                        *kept.entry(stake.dossier).or_insert(true) &= online;
                    }
                }
            }
            all.online.insert(name, online);
        }
        for (set, payments) in members {
            let Some((dossiers, means)) = in_set.get(&set) else {
                continue;
            };
            // which is whose nobody knows; one each is certain
            for ((source, id), dossier) in payments.into_iter().zip(dossiers) {
                let name = format!("txn|{source}|{id}");
                if means.len() > 1 {
                    all.mixed.insert(name.clone());
                }
                all.dossiers.insert(name, BTreeSet::from([*dossier]));
            }
        }
        for (d, dossier) in books.dossiers.iter().enumerate() {
            let means = dossier
                .set
                .and_then(|set| in_set.get(&set))
                .map(|set| &set.1);
            let told = match means {
                Some(means) if means.len() > 1 => None,
                Some(means) => means.first().copied(),
                None => Some(kept.get(&d).copied().unwrap_or(true)),
            };
            all.of_dossier.insert(dossier.code.as_str(), told);
        }
        all
    }

    /// Whether an item was paid online; none where the rows do not tell.
    pub(super) fn is_online(&self, name: &str) -> Option<bool> {
        let mut parts = name.splitn(3, '|');
        match (parts.next()?, parts.next()?, parts.next()) {
            ("txn", ..) => self.online.get(name).copied(),
            ("dossier", code, _) => self.of_dossier.get(code).copied().flatten(),
            ("more" | "back", _, Some(key)) => self.online.get(&format!("txn|{key}")).copied(),
            _ => None,
        }
    }

    /// True where a payment that is open was paid the other way.
    pub(super) fn is_other_open(&self, told: Option<bool>) -> bool {
        told.is_some_and(|told| self.open.contains(&!told))
    }

    /// True for a payment of a certified set whose payments were not all paid alike.
    pub(super) fn is_mixed(&self, name: &str) -> bool {
        self.mixed.contains(name)
    }

    /// The dossiers that a payment settled, in order.
    pub(super) fn dossiers_of(&self, name: &str) -> Vec<usize> {
        let dossiers = self.dossiers.get(name).into_iter().flatten();
        dossiers.copied().collect()
    }
}

impl Own<'_, '_> {
    /// The day by which a dossier counts; none while it has none, or by the day of the payment.
    pub(super) fn day_of(&self, dossier: usize) -> Option<Day> {
        let lines = self.books.dossiers[dossier].lines.clone();
        let days = |told: fn(&Fee) -> Option<&Moment>| {
            let fees = lines.clone().map(|line| self.books.lines[line].fee);
            let told = fees.filter_map(told).map(Moment::day);
            told.collect::<BTreeSet<Day>>()
        };
        match self.custom.date {
            DateBasis::Payment => None,
            DateBasis::Receipt => {
                let told = days(|fee| fee.more.received_at.as_ref());
                let code = self.books.dossiers[dossier].code.received_on();
                told.first().copied().or(code)
            }
            DateBasis::Start => days(|fee| fee.more.processing_started_at.as_ref())
                .first()
                .copied(),
            DateBasis::Result => days(|fee| fee.more.result_at.as_ref()).last().copied(),
        }
    }
}
