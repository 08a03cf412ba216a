//! Dossiers of an own definition, from those of `DOSSIER_CASHLESS` and from their lines.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::books::{Dossier, Line, Money, Stake, class};
use super::super::Pair;
use super::super::unread::UNREAD;
use super::{Made, Own, Wanted};
use crate::classify::Bucket;
use crate::domain::custom::{DateBasis, PartialRule};
use crate::domain::{CollectionMode, Day, Fee};
use crate::kpi::Scope;

impl Own<'_, '_> {
    pub(super) fn dossiers(&self, wanted: &mut Wanted) {
        let mut base: BTreeMap<&str, BTreeMap<Scope, Made>> = BTreeMap::new();
        for item in self.base() {
            let scopes = base.entry(&item.item).or_default();
            scopes.insert(item.scope.clone(), self.made(item));
        }
        for (d, dossier) in self.books.dossiers.iter().enumerate() {
            let name = format!("dossier|{}", dossier.code);
            let mine = base.remove(name.as_str()).unwrap_or_default();
            let made = match self.free(dossier) {
                Some(counts) => self.owes_nothing(dossier, counts),
                None if self.custom.partial == PartialRule::Any => self.any(d, dossier, &mine),
                None if self.custom.unpaid => self.with_unpaid(dossier, mine),
                None => mine,
            };
            if !made.is_empty() {
                wanted.insert(name, made);
            }
        }
        // refunds of dossiers that nobody knows
        let refunds = base
            .into_iter()
            .filter(|(name, _)| !name.starts_with(UNREAD));
        for (name, mut scopes) in refunds {
            for made in scopes.values_mut() {
                self.refund_of_any(made);
            }
            wanted.insert(name.to_owned(), scopes);
        }
    }

    /// A refund that may be of any dossier: of one that stays in the denominator, or keeps another
    /// payment.
    fn refund_of_any(&self, made: &mut Made) {
        let most = made.pairs.iter().map(|(_, b)| -b).max().unwrap_or(0);
        let any = self.custom.partial == PartialRule::Any;
        let mut more = Vec::new();
        more.extend((self.custom.unpaid || any).then_some((0, most)));
        more.extend(any.then_some((most, most)));
        let to = self.reach.last_day.max(made.day);
        for pair in more {
            made.pairs.insert(pair);
            made.spans.insert((Day::of_ms(0), to, pair));
        }
    }

    fn fees<'s>(&'s self, dossier: &'s Dossier) -> impl Iterator<Item = &'s Fee> + Clone {
        let lines = dossier.lines.clone().map(|line| &self.books.lines[line]);
        lines.filter(|line| !line.land).map(|line| line.fee)
    }

    /// Of a dossier that owes nothing, whether it counts.
    fn free(&self, dossier: &Dossier) -> Option<bool> {
        let mut seen = (false, false);
        for fee in self.fees(dossier) {
            let exempt = fee.more.collection_mode == Some(CollectionMode::Exempt);
            if fee.amount.get() > 0 && !exempt {
                return None;
            }
            seen = (true, seen.1 || exempt);
        }
        Some(match seen {
            (_, true) => self.custom.exempt,
            (any, false) => any && self.custom.zero_fee,
        })
    }

    fn contradicted(&self, dossier: &Dossier) -> bool {
        let lines = dossier
            .lines
            .clone()
            .map(|line| self.books.lines[line].fee.key());
        lines
            .into_iter()
            .any(|key| self.books.conflicts.contains(&key))
    }

    fn received(&self, dossier: &Dossier) -> Day {
        dossier.code.received_on().unwrap_or(self.reach.last_day)
    }

    /// The same in the total and in the agency of the first line.
    fn spread(&self, dossier: &Dossier, made: Made) -> BTreeMap<Scope, Made> {
        let first = self.books.lines[dossier.lines.start].fee;
        let agency = Scope::Agency(first.agency_code.clone());
        BTreeMap::from([(Scope::Total, made.clone()), (agency, made)])
    }

    fn owes_nothing(&self, dossier: &Dossier, counts: bool) -> BTreeMap<Scope, Made> {
        let mut made = Made::firm(self.received(dossier), (0, i64::from(counts)));
        if self.contradicted(dossier) {
            made.firm = false;
            made.pairs.extend([(0, 0), (0, 1), (1, 1)]);
        } else if !counts {
            return BTreeMap::new();
        }
        self.spread(dossier, made)
    }

    /// A dossier is in the denominator on the day on which it came in while it is not paid.
    fn with_unpaid(
        &self,
        dossier: &Dossier,
        mut mine: BTreeMap<Scope, Made>,
    ) -> BTreeMap<Scope, Made> {
        let (unpaid, received) = ((0, 1), self.received(dossier));
        if mine.is_empty() {
            return self.spread(dossier, Made::firm(received, unpaid));
        }
        let moves = self.custom.date == DateBasis::Payment;
        for made in mine.values_mut() {
            let whole = !made.pairs.contains(&(0, 0));
            if whole && made.spans.is_empty() && made.pairs.len() == 1 {
                continue;
            }
            made.firm = false;
            made.pairs.remove(&(0, 0));
            if !whole || moves {
                made.pairs.insert(unpaid);
                made.spans.insert((received, received, unpaid));
            }
            if made.point == (0, 0) {
                (made.point, made.day) = (unpaid, received);
            }
        }
        mine
    }

    /// A dossier counts as soon as something of it is paid.
    fn any(
        &self,
        d: usize,
        dossier: &Dossier,
        base: &BTreeMap<Scope, Made>,
    ) -> BTreeMap<Scope, Made> {
        let unpaid: Pair = (0, i64::from(self.custom.unpaid));
        let stakes = || dossier.stakes.iter().map(|s| &self.books.stakes[*s]);
        let kept = |stake: &&Stake| stake.settles() && !stake.is_gone() && stake.settled() > 0;
        let money = || {
            stakes()
                .filter(kept)
                .map(|stake| &self.books.money[stake.money])
        };
        let last = money().map(Money::day).max();
        let cash = money().any(Money::is_cash);
        let total = base.get(&Scope::Total);
        let full = total.filter(|made| made.point != (0, 0));
        let (point, day) = match (full, last) {
            (Some(made), _) => (made.point, made.day),
            (None, Some(last)) => ((i64::from(!cash), 1), last),
            (None, None) => (unpaid, self.received(dossier)),
        };
        let mut made = Made::firm(day, point);
        made.any = total.is_some_and(|made| made.any);
        let open = total.is_some_and(|made| !made.firm);
        if dossier.set.is_none() && (open || self.is_touched(d, dossier)) {
            made.firm = false;
            let ways = [unpaid, (0, 1), (1, 1)];
            made.pairs.extend(ways);
            let some = ways.into_iter().filter(|pair| *pair != (0, 0));
            let (from, to) = (
                self.received(dossier).min(day),
                self.reach.last_day.max(day),
            );
            made.spans.extend(some.map(|pair| (from, to, pair)));
            if (from, to) == (day, day) {
                made.spans.clear();
            }
        }
        // what went back of several payments is not told by the legs
        made.loose = stakes().any(|stake| stake.unsure);
        if made.firm && point == (0, 0) {
            return BTreeMap::new();
        }
        self.spread(dossier, made)
    }

    /// Some row that is open certainly may be of the dossier.
    fn is_touched(&self, d: usize, dossier: &Dossier) -> bool {
        let lines = || dossier.lines.clone().map(|line| &self.books.lines[line]);
        let counted = || lines().filter(|line| line.payable && !line.land);
        let lacks = counted().any(|line| line.gap() > 0 && !Self::is_net(line));
        let keys: BTreeSet<_> = lines().map(|line| line.fee.key()).collect();
        let mut rows = keys.iter().filter_map(|key| self.books.row(key));
        let waits = [
            "missing_payment",
            "missing_receipt",
            "pending",
            "status_mismatch",
        ];
        let open = rows.any(|row| row.bucket == Bucket::Open && waits.contains(&class(row)));
        let money = self.reach.sure_days().is_some() || self.reach.unread_cash.is_some();
        (lacks && money) || open || self.contradicted(dossier) || self.reach.claims.contains_key(&d)
    }

    /// What is lacking is what a provider kept.
    pub(super) fn is_net(line: &Line) -> bool {
        line.says("net_settlement") || line.net
    }
}
