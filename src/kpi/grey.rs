//! The grey zones applied to what was measured: a payment of a zone that is set to count as cash,
//! or not at all, does so in every definition that follows the money.
//!
//! A payment that is open may turn out to be in the stead of one that is linked, or complete a
//! dossier: then its zone counts there. Where a payer pays for many dossiers on a day, an open
//! payment of the same payer may be one more. Such items may count in each of the ways, an outer
//! bound.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::grey::payer_on;
use crate::domain::{Day, ExceptionId, Grey, GreyZone, Inputs, Rules, Side, Treat, Txn, TxnKind};

use super::joined;
use super::origin::{Origin, Origins};
use super::share::{Contribution, Scope};

/// The definitions that follow the money.
const MONEY: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// Changes the contributions of payments that lie in a zone, or may.
pub(super) fn treat(
    origins: &Origins,
    inputs: &Inputs,
    rules: &Rules,
    contributions: &mut [Contribution],
) {
    if !rules.grey.changes() {
        return;
    }
    let zones = Zones::new(origins, inputs, rules, contributions);
    for item in contributions {
        if MONEY.contains(&item.definition) {
            let ways = zones.ways(item);
            apply(item, &ways, &zones);
        }
    }
}

/// An item in each of these ways, the first that of the point figure.
fn apply(item: &mut Contribution, ways: &[Treat], zones: &Zones) {
    let Some(first) = ways.first() else { return };
    if ways == [Treat::Cashless] {
        return;
    }
    let point = item.outcomes.first().map(|pair| changed(*pair, *first));
    let alone: BTreeSet<(i64, i64)> = item.pairs().iter().map(|p| changed(*p, *first)).collect();
    let each = item.outcomes.iter().flat_map(|pair| {
        let of = |way: &Treat| changed(*pair, *way);
        ways.iter().map(of)
    });
    item.outcomes = joined::once(point.into_iter().chain(each).collect());
    let spans = std::mem::take(&mut item.elsewhere);
    for span in spans {
        for way in ways {
            let outcome = changed(span.outcome, *way);
            if outcome != (0, 0) {
                item.elsewhere.push(super::Elsewhere { outcome, ..span });
            } else if !item.outcomes.contains(&outcome) {
                item.outcomes.push(outcome);
            }
        }
    }
    item.elsewhere.sort_unstable();
    item.elsewhere.dedup();
    let wider = item.pairs().iter().any(|pair| !alone.contains(pair));
    if !item.is_open() {
        item.exceptions.clear();
    } else if wider {
        item.coupled = true;
        if item.exceptions.is_empty() {
            item.exceptions.clone_from(&zones.exceptions);
        }
    }
}

/// An outcome where its payment counts this way.
fn changed(pair: (i64, i64), way: Treat) -> (i64, i64) {
    match (pair, way) {
        ((a, _), _) if a <= 0 => pair,
        (_, Treat::Out) => (0, 0),
        ((_, b), Treat::Cash) => (0, b),
        (_, Treat::Cashless) => pair,
    }
}

/// In which ways payments may count.
struct Zones<'a> {
    origins: &'a Origins<'a>,
    grey: &'a Grey,
    /// Those of open payments, and without cash.
    open: BTreeSet<Treat>,
    /// Every way that some zone is set to.
    all: Vec<Treat>,
    /// Payers with an open payment on a day.
    payers: BTreeSet<(String, Day)>,
    /// Some row could not be read: it may be anybody's.
    unread: bool,
    /// Rows that came with different content.
    conflicts: BTreeSet<(&'a str, &'a str)>,
    /// The exceptions of the first open payment.
    exceptions: Vec<ExceptionId>,
}

impl<'a> Zones<'a> {
    fn new(
        origins: &'a Origins<'a>,
        inputs: &'a Inputs,
        rules: &'a Rules,
        contributions: &[Contribution],
    ) -> Self {
        let grey = &rules.grey;
        let mut all = vec![Treat::Cashless];
        for rule in &grey.rules {
            if !all.contains(&rule.treat) {
                all.push(rule.treat);
            }
        }
        let conflicts = inputs.conflicts.iter().filter(|c| c.key.side == Side::Txn);
        let mut zones = Self {
            origins,
            grey,
            open: BTreeSet::from([Treat::Cashless]),
            all,
            payers: BTreeSet::new(),
            unread: inputs.rejects.iter().any(|reject| reject.side == Side::Txn),
            conflicts: conflicts
                .map(|c| (c.key.source.as_str(), &*c.key.id))
                .collect(),
            exceptions: Vec::new(),
        };
        let mut open: BTreeMap<(&str, &str), &Txn> = BTreeMap::new();
        for item in contributions {
            let events = item.definition == "TX_CASHLESS" && item.scope == Scope::Total;
            let may = item.is_open() || item.coupled;
            if let (true, true, Origin::Txn(source, id)) = (events, may, Origin::parse(&item.item))
                && let Some(txn) = origins.txn((source, id))
                && txn.kind == TxnKind::Payment
            {
                open.insert((source, id), txn);
                zones.payers.extend(payer_on(txn));
                if zones.exceptions.is_empty() {
                    zones.exceptions.clone_from(&item.exceptions);
                }
            }
        }
        for money in open.keys() {
            let ways = zones.of_money(*money);
            zones.open.extend(ways);
        }
        // what is from before go-live is not among the items, and may still complete a dossier
        if zones.unread || !zones.conflicts.is_empty() || rules.start.is_some() {
            zones.open.extend(zones.all.iter().copied());
        }
        zones
    }

    /// The ways of one payment, that of what is known first.
    fn of_money(&self, money: (&str, &str)) -> Vec<Treat> {
        let Some(txn) = self.origins.txn(money) else {
            return self.all.clone();
        };
        let together = self.origins.paid_together(txn);
        let treat = |zone: Option<GreyZone>| {
            let rule = zone.and_then(|zone| self.grey.rule(zone));
            rule.map_or(Treat::Cashless, |rule| rule.treat)
        };
        let mut ways = vec![treat(self.grey.zone(txn, together))];
        let more = |payer| self.unread || self.payers.contains(&payer);
        if payer_on(txn).is_some_and(more) {
            for rule in &self.grey.rules {
                let many = usize::try_from(rule.together).unwrap_or(usize::MAX);
                if many > together {
                    ways.push(treat(self.grey.zone(txn, many)));
                }
            }
        }
        if self.conflicts.contains(&money) {
            ways.extend(self.all.iter().copied());
        }
        once(ways)
    }

    fn ways(&self, item: &Contribution) -> Vec<Treat> {
        let open = item.is_open() || item.coupled;
        let ways = match Origin::parse(&item.item) {
            Origin::Txn(source, id) => {
                let mut ways = self.of_money((source, id));
                if item.coupled {
                    ways.extend(self.open.iter().copied());
                }
                ways
            }
            Origin::Dossier(code) => {
                let mut ways = self.of_dossier(code);
                if open {
                    // money that nobody has seen may be of any zone
                    ways.extend(self.all.iter().copied());
                }
                ways
            }
            Origin::Line(..) => self.all.clone(),
            Origin::Cash(..) | Origin::Receipt(..) | Origin::Other => Vec::new(),
        };
        once(ways)
    }

    /// A dossier counts as the least of its payments does; of a certified set nobody knows which
    /// payment is its.
    fn of_dossier(&self, code: &str) -> Vec<Treat> {
        let (money, of_set) = self.origins.money_of_dossier(code);
        let ways: Vec<Vec<Treat>> = money
            .into_iter()
            .map(|money| self.of_money(money))
            .collect();
        let points = ways.iter().filter_map(|ways| ways.first().copied());
        let point = if of_set { points.min() } else { points.max() };
        let mut all = vec![point.unwrap_or(Treat::Cashless)];
        all.extend(
            ways.into_iter()
                .filter(|ways| of_set || ways.len() > 1)
                .flatten(),
        );
        all
    }
}

fn once(ways: Vec<Treat>) -> Vec<Treat> {
    let mut once = Vec::new();
    for way in ways {
        if !once.contains(&way) {
            once.push(way);
        }
    }
    once
}
