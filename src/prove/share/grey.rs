//! The grey zones, told again from the rows: a payment that lies in a zone counts as the setting
//! says; what hangs on an open payment of a zone, or of the same payer on the same day, may.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Money, class};
use super::super::violation::{Findings, Invariant, text};
use super::reach::CREDITS;
use super::{Expected, Pair, Wanted, pairs, shown, told};
use crate::domain::{Day, Grey, Side, Treat, Txn, TxnKind};
use crate::kpi::Contribution;
use crate::matching::Role;

/// The definitions that follow the money.
const MONEY: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

type Key<'a> = (&'a str, &'a str);

pub(super) struct Zones<'a> {
    grey: &'a Grey,
    changes: bool,
    txns: BTreeMap<Key<'a>, &'a Txn>,
    /// The payments that settle lines of a dossier, or are of its certified set.
    money: BTreeMap<&'a str, BTreeSet<Key<'a>>>,
    of_set: BTreeSet<&'a str>,
    /// The dossiers that a payer paid for on a day.
    together: BTreeMap<(String, Day), BTreeSet<&'a str>>,
    /// Payers with a payment that is certainly open.
    payers: BTreeSet<(String, Day)>,
    /// How payments that are certainly open count.
    open: BTreeSet<Treat>,
    /// A payment could not be read: it may be of any payer.
    unread: bool,
}

impl<'a> Zones<'a> {
    pub(super) fn new(books: &'a Books<'a>) -> Self {
        let grey = &books.rules.grey;
        let mut zones = Self {
            grey,
            changes: grey.changes(),
            txns: BTreeMap::new(),
            money: BTreeMap::new(),
            of_set: BTreeSet::new(),
            together: BTreeMap::new(),
            payers: BTreeSet::new(),
            open: BTreeSet::new(),
            unread: books
                .inputs
                .rejects
                .iter()
                .any(|reject| reject.side == Side::Txn),
        };
        if !zones.changes {
            return zones;
        }
        let mut dossiers: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
        for leg in books
            .settlement
            .groups
            .iter()
            .copied()
            .flat_map(|group| &group.legs)
        {
            let links = matches!(leg.role, Role::Settles | Role::Duplicate | Role::Surplus);
            let Some(dossier) = leg.dossier_code.as_ref().filter(|_| links) else {
                continue;
            };
            let key = (leg.money.source.as_str(), &*leg.money.id);
            if leg.money.side == Side::Txn {
                dossiers.entry(key).or_default().insert(dossier.as_str());
                if leg.role == Role::Settles {
                    let of = zones.money.entry(dossier.as_str());
                    of.or_default().insert(key);
                }
            }
        }
        for txn in &books.inputs.txns {
            let key = (txn.source.as_str(), &*txn.id);
            zones.txns.insert(key, txn);
            if let Some(payer) = payer(txn) {
                let paid = dossiers.get(&key).into_iter().flatten();
                zones.together.entry(payer).or_default().extend(paid);
            }
        }
        zones.enter_sets(books);
        for money in books.money.iter().filter(|money| is_open(money)) {
            zones.payers.extend(money.txn().and_then(payer));
        }
        for money in books.money.iter().filter(|money| is_open(money)) {
            let of = money.txn().map(|txn| (txn.source.as_str(), &*txn.id));
            let ways = of.map(|key| zones.known(key));
            zones
                .open
                .extend(ways.filter(|way| *way != Treat::Cashless));
        }
        zones
    }

    fn enter_sets(&mut self, books: &'a Books<'a>) {
        let mut members: BTreeMap<usize, Vec<Key<'a>>> = BTreeMap::new();
        for money in &books.money {
            if let (Some(set), Some(txn)) = (money.set, money.txn()) {
                let key = (txn.source.as_str(), &*txn.id);
                members.entry(set).or_default().push(key);
            }
        }
        for dossier in &books.dossiers {
            let Some(set) = dossier.set else { continue };
            let code = dossier.code.as_str();
            self.of_set.insert(code);
            let keys = members.get(&set).into_iter().flatten();
            self.money.entry(code).or_default().extend(keys);
        }
    }

    fn zone(&self, txn: &Txn, together: usize) -> Treat {
        let zone = self.grey.zone(txn, together);
        let rule = zone.and_then(|zone| self.grey.rule(zone));
        rule.map_or(Treat::Cashless, |rule| rule.treat)
    }

    /// How many dossiers its payer paid for.
    fn number(&self, txn: &Txn) -> usize {
        let paid = payer(txn).and_then(|payer| self.together.get(&payer));
        paid.map_or(0, BTreeSet::len)
    }

    /// How a payment counts by what is linked.
    fn known(&self, key: Key) -> Treat {
        let txn = self.txns.get(&key);
        txn.map_or(Treat::Cashless, |txn| self.zone(txn, self.number(txn)))
    }

    /// How else it would count if open payments of its payer were for more dossiers.
    fn perhaps(&self, key: Key) -> BTreeSet<Treat> {
        let Some(txn) = self.txns.get(&key) else {
            return BTreeSet::new();
        };
        let more = |payer| self.unread || self.payers.contains(&payer);
        if !payer(txn).is_some_and(more) {
            return BTreeSet::new();
        }
        let now = self.number(txn);
        let numbers = self.grey.rules.iter();
        let numbers = numbers.filter_map(|rule| usize::try_from(rule.together).ok());
        let more = numbers.filter(|number| *number > now);
        more.map(|number| self.zone(txn, number)).collect()
    }

    /// How an item counts by the point figure, and how else it may for certain.
    fn ways(&self, item: &str) -> (Treat, BTreeSet<Treat>) {
        let parts: Vec<&str> = item.splitn(3, '|').collect();
        match parts.as_slice() {
            ["txn", source, id] => (self.known((source, id)), self.perhaps((source, id))),
            ["dossier", code] => {
                let money = self.money.get(code);
                let keys = || money.into_iter().flatten().copied();
                let known: BTreeSet<Treat> = keys().map(|key| self.known(key)).collect();
                let mut ways: BTreeSet<Treat> = keys().flat_map(|key| self.perhaps(key)).collect();
                let point = if self.of_set.contains(code) {
                    ways.extend(&known);
                    known.first()
                } else {
                    known.last()
                };
                (point.copied().unwrap_or(Treat::Cashless), ways)
            }
            _ => (Treat::Cashless, BTreeSet::new()),
        }
    }

    /// True where some number of dossiers of its payer would put a payment into another zone.
    fn may_be_one_of_many(&self, item: &str) -> bool {
        let parts: Vec<&str> = item.splitn(3, '|').collect();
        let mut keys: Vec<Key> = match parts.as_slice() {
            ["txn", source, id] => vec![(source, id)],
            ["dossier", code] => self
                .money
                .get(code)
                .into_iter()
                .flatten()
                .copied()
                .collect(),
            _ => Vec::new(),
        };
        keys.retain(|key| {
            let txn = self.txns.get(key);
            let now = txn.map_or(0, |txn| self.number(txn));
            let many = |together: u32| usize::try_from(together).is_ok_and(|many| many > now);
            txn.is_some_and(|txn| payer(txn).is_some())
                && self.grey.rules.iter().any(|rule| many(rule.together))
        });
        !keys.is_empty()
    }

    /// An item without what only a zone makes of it: of a payment that is open, or of one that may
    /// be one of many of its payer.
    fn untreated(&self, expect: &Expected, item: &Contribution) -> Contribution {
        let mut item = item.clone();
        let open = matches!(expect.wanted, Wanted::Credit(..) | Wanted::Ambiguous(..));
        if open || (item.coupled && self.may_be_one_of_many(&expect.item)) {
            let point = item.outcomes.first().copied();
            let cash = |(a, b): Pair| a == 0 && b > 0;
            item.outcomes
                .retain(|pair| (!open && Some(*pair) == point) || !cash(*pair));
            item.elsewhere.retain(|s| !cash(s.outcome));
        }
        item
    }

    /// An item is as its row and class have it, and as its zone does.
    pub(super) fn check(
        &self,
        expect: &Expected,
        found: &[&Contribution],
        findings: &mut Findings,
    ) {
        if !self.changes || !MONEY.contains(&expect.definition) {
            return super::one(expect, found, findings);
        }
        let (point, more) = self.ways(&expect.item);
        let of_dossier = expect.item.starts_with("dossier|");
        let fits = |item: &Contribution| {
            let first = item.outcomes.first().copied().unwrap_or((0, 0));
            let right = match point {
                Treat::Cashless => true,
                Treat::Cash => first.0 <= 0,
                Treat::Out => first.0 <= 0 && (first.1 <= 0 || of_dossier),
            };
            let alone = item.coupled || !more.is_empty() || point == Treat::Cashless;
            let settled = alone || pairs(item).all(|(a, _)| a <= 0);
            // where it hangs on more than the number of its payer's dossiers
            let told = more.is_empty() && !self.may_be_one_of_many(&expect.item);
            let hangs = item.coupled && told && pairs(item).any(|(a, _)| a > 0);
            let open = self.open.iter().filter(|_| hangs);
            let mut needed = more.iter().chain(open);
            right && settled && needed.all(|way| can(item, *way))
        };
        if !found.iter().all(|item| fits(item)) {
            let what = text(
                "khoản ở vùng chưa rõ phải tính theo cấu hình",
                "a payment of a grey zone counts as the setting says",
            );
            let about = told(expect.definition, &expect.item);
            findings.add(Invariant::Item, about, what, point.id(), shown(found));
        } else if point == Treat::Cashless && super::holds(&expect.wanted, found) {
            super::one(expect, found, findings);
        } else if point == Treat::Cashless {
            let counted: Vec<Contribution> = found
                .iter()
                .map(|item| self.untreated(expect, item))
                .collect();
            super::one(expect, &counted.iter().collect::<Vec<_>>(), findings);
        } else {
            // what its zone makes of it is told; its day is not the zone's
            let day = Expected {
                wanted: Wanted::Anything,
                item: expect.item.clone(),
                ..*expect
            };
            super::one(&day, found, findings);
        }
    }
}

/// True where an item that may add something without cash may count this way as well.
fn can(item: &Contribution, way: Treat) -> bool {
    let cashless = pairs(item).any(|(a, _)| a > 0);
    let seen = |wanted: fn(i64, i64) -> bool| pairs(item).any(|(a, b)| wanted(a, b));
    match way {
        Treat::Cashless => true,
        Treat::Cash => !cashless || seen(|a, b| a == 0 && b > 0),
        Treat::Out => !cashless || seen(|a, b| (a, b) == (0, 0)) || !item.elsewhere.is_empty(),
    }
}

fn payer(txn: &Txn) -> Option<(String, Day)> {
    let payer = crate::domain::fold::fold_name(&txn.payer);
    (!payer.is_empty()).then_some((payer, txn.paid_on))
}

/// A payment that nobody was credited with and that may be of some fee.
pub(super) fn is_open(money: &Money) -> bool {
    let free = money.stakes.is_empty() && money.back.is_empty() && money.seen.is_empty();
    let row = money.said;
    let open = row.is_some_and(|row| CREDITS.contains(&class(row)));
    let payment = money.txn().is_some_and(|txn| txn.kind == TxnKind::Payment);
    free && open && payment && money.set.is_none()
}
