//! Which dossiers an own definition counts, and what each may be.

use std::collections::BTreeMap;

use crate::classify::Bucket;
use crate::domain::custom::{DateBasis, PartialRule};
use crate::domain::{CollectionMode, Day, ExceptionId, Fee, FeeKind, Moment};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Line};
use crate::matching::pool::{Index, index};

use super::super::agencies::Agencies;
use super::super::item::{Item, Name};
use super::super::joined;
use super::super::origin::Origin;
use super::super::share::{Contribution, Elsewhere, Scope};
use super::super::tally::Tally;
use super::{DEFINITION, Maker};

impl Maker<'_, '_, '_> {
    /// The dossiers that count, each with what it may be; `base` are those of `DOSSIER_CASHLESS`.
    pub(super) fn dossiers(&self, base: Vec<Contribution>) -> Vec<Contribution> {
        let mut known: BTreeMap<Box<str>, Vec<Contribution>> = BTreeMap::new();
        let mut made = Vec::new();
        for item in base {
            match Origin::parse(&item.item) {
                Origin::Dossier(_) => known.entry(item.item.clone()).or_default().push(item),
                _ => made.push(self.refund(item)),
            }
        }
        for d in (0..self.facts.pool.dossiers.len()).map(index) {
            let name = Name::Dossier(self.facts.pool.dossier(d).code).to_string();
            let mine = known.remove(name.as_str()).unwrap_or_default();
            match self.free(d) {
                Some(counts) => self.owes_nothing(d, counts, &mut made),
                None if self.custom.partial == PartialRule::Any => self.any(d, &mine, &mut made),
                None if self.custom.unpaid => self.with_unpaid(d, mine, &mut made),
                None => made.extend(mine),
            }
        }
        made
    }

    /// A refund that names nobody: where what is not paid counts, the dossiers stay in the
    /// denominator; where a part is enough, they may be left with what was paid without cash.
    fn refund(&self, mut item: Contribution) -> Contribution {
        let most = item.pairs().iter().map(|(_, b)| -*b).max().unwrap_or(0);
        if self.custom.unpaid || self.custom.partial == PartialRule::Any {
            self.owed_again(&mut item, most);
        }
        if self.custom.partial == PartialRule::Any {
            let to = self.facts.last_day.max(item.day);
            item.elsewhere.push(Elsewhere {
                from: Day::of_ms(0),
                to,
                outcome: (most, most),
            });
            item.elsewhere.sort_unstable();
            item.elsewhere.dedup();
        }
        item
    }

    /// Of a dossier that owes nothing, whether it counts.
    fn free(&self, dossier: Index) -> Option<bool> {
        let fees = self.fees(dossier);
        let counted = || {
            fees.iter()
                .filter(|fee| fee.kind != FeeKind::LandObligation)
        };
        let exempt = |fee: &Fee| fee.more.collection_mode == Some(CollectionMode::Exempt);
        let owes = |fee: &Fee| fee.amount.get() > 0 && !exempt(fee);
        if counted().any(owes) {
            return None;
        }
        let is_exempt = counted().any(exempt);
        let zero = self.custom.zero_fee && !is_exempt && counted().next().is_some();
        Some(zero || (is_exempt && self.custom.exempt))
    }

    /// A dossier that owes nothing; of one whose rows contradict each other nobody knows.
    fn owes_nothing(&self, dossier: Index, counts: bool, made: &mut Vec<Contribution>) {
        let mut fees = self.fees(dossier).iter();
        let mut outcomes = vec![(0, i64::from(counts))];
        if fees.any(|fee| self.facts.pool.is_fee_conflict(fee).is_some()) {
            outcomes.extend([(0, 0), (0, 1), (1, 1)]);
        }
        let outcomes = joined::once(outcomes);
        let spans = if outcomes.len() > 1 {
            &outcomes[..]
        } else {
            &[]
        };
        if outcomes != [(0, 0)] {
            let day = self.received(dossier);
            self.add(dossier, (day, outcomes.clone()), spans, made);
        }
    }

    /// The day of a dossier while it is not paid.
    fn received(&self, dossier: Index) -> Day {
        let received = self.facts.pool.dossier(dossier).code.received_on();
        received.unwrap_or(self.facts.last_day)
    }

    /// A dossier that counts as not paid while it is not: on the day on which it came in, else on
    /// that of its payment.
    fn with_unpaid(&self, dossier: Index, mine: Vec<Contribution>, made: &mut Vec<Contribution>) {
        let unpaid = (0, 1);
        let received = self.received(dossier);
        if mine.is_empty() {
            return self.add(dossier, (received, vec![unpaid]), &[], made);
        }
        for mut item in mine {
            let nothing = item.pairs().contains(&(0, 0));
            if !nothing && !item.is_open() {
                made.push(item);
                continue;
            }
            if self.custom.date != DateBasis::Payment {
                // one day, whatever becomes of it
                let raise = |pair: (i64, i64)| if pair == (0, 0) { unpaid } else { pair };
                let pairs = item.pairs().into_iter().map(raise);
                item.outcomes = joined::once(pairs.collect());
                item.elsewhere = Vec::new();
                made.push(item);
                continue;
            }
            let day = item.day;
            let on = |day: Day, outcome| Elsewhere {
                from: day,
                to: day,
                outcome,
            };
            if item.outcomes.first() == Some(&(0, 0)) {
                let here = std::mem::take(&mut item.outcomes).into_iter();
                let here = here.filter(|pair| *pair != (0, 0));
                item.elsewhere.extend(here.map(|pair| on(day, pair)));
                item.outcomes = vec![unpaid];
                item.day = received;
            } else {
                item.elsewhere.push(on(received, unpaid));
            }
            item.elsewhere.sort_unstable();
            item.elsewhere.dedup();
            made.push(item);
        }
    }

    /// A dossier that counts as soon as something is paid. Where any open row may touch it, it may
    /// be unpaid, paid with cash or without.
    fn any(&self, dossier: Index, mine: &[Contribution], made: &mut Vec<Contribution>) {
        let unpaid = (0, i64::from(self.custom.unpaid));
        let received = self.received(dossier);
        let total = mine.iter().find(|item| item.scope == Scope::Total);
        let money = self.money_of(dossier);
        let cash = money.iter().any(|money| money.txn().is_none());
        let last = money.iter().map(|money| money.day(self.facts.pool)).max();
        let (point, day) = match (total, last) {
            (Some(item), _) if item.outcomes.first() != Some(&(0, 0)) => {
                (item.outcomes[0], item.day)
            }
            (_, Some(last)) => ((i64::from(!cash), 1), last),
            _ => (unpaid, received),
        };
        let open = total.is_some_and(|item| item.is_open() || item.coupled);
        if !open && !self.is_touched(dossier) {
            if point != (0, 0) {
                self.add(dossier, (day, vec![point]), &[], made);
            }
            return;
        }
        let ways = [unpaid, (0, 1), (1, 1), (0, 0)];
        let ways = if self.custom.unpaid {
            &ways[..3]
        } else {
            &ways
        };
        let mut outcomes = vec![point];
        outcomes.extend(ways);
        let outcomes = joined::once(outcomes);
        self.add(dossier, (day, outcomes.clone()), &outcomes, made);
    }

    /// True where a row that is open may pay a dossier, take its money, or be the payment in the
    /// stead of what is on it.
    fn is_touched(&self, dossier: Index) -> bool {
        let facts = self.facts;
        if facts.desk.set_of.contains_key(&dossier) || facts.desk.ledgers.is_plain(dossier) {
            return false;
        }
        let ledger = facts.desk.ledgers.of(dossier);
        let counted = |line: &&Line| !facts.pool.is_land(line.fee);
        let lacks = |line: &Line| line.lacking() + line.given_back() > 0;
        let lacking = ledger.lines.iter().filter(counted).any(lacks);
        let money = !facts.credits.is_empty() || !facts.unread_cash.is_empty();
        let open = !self.waiting(dossier).is_empty();
        let mut of = self.fees(dossier).iter();
        let conflict = of.any(|fee| facts.pool.is_fee_conflict(fee).is_some());
        let doubtful = |entry: &Entry| {
            let repeat = match entry.effect {
                Effect::Settles => false,
                Effect::Duplicate { certain, .. } => !certain || facts.may_be_again(dossier, entry),
                Effect::Doubtful { .. } => true,
            };
            repeat || entry.receipt_differs
        };
        (lacking && money)
            || open
            || conflict
            || facts.contest(dossier).is_some()
            || facts.doubt(dossier).is_some()
            || !facts.may_go_back(dossier).is_empty()
            || ledger.entries.iter().any(doubtful)
    }

    /// The exceptions of a dossier's lines of whose payment the registry says what nobody has seen.
    pub(super) fn waiting(&self, dossier: Index) -> Vec<ExceptionId> {
        let fees = self.facts.pool.dossier(dossier).fees.clone();
        let rows = fees.filter_map(|fee| self.facts.fee_row(index(fee)));
        let waits = rows.filter(|row| match row.counts_as() {
            "missing_payment" | "missing_receipt" | "pending" | "status_mismatch" => {
                row.bucket == Bucket::Open
            }
            class => class == "conflict",
        });
        waits.filter_map(|row| row.exception_id.clone()).collect()
    }

    /// The exceptions that settle what a dossier is.
    pub(super) fn exceptions(&self, dossier: Index) -> Vec<ExceptionId> {
        let facts = self.facts;
        let mut all = self.waiting(dossier);
        for contest in [facts.contest(dossier), facts.doubt(dossier)]
            .into_iter()
            .flatten()
        {
            all.extend(contest.exceptions.iter().cloned());
        }
        for credits in [&facts.credits, &facts.unread_cash] {
            if all.is_empty() {
                all.extend(credits.of_largest().iter().cloned());
            }
        }
        if all.is_empty() {
            for entry in &facts.desk.ledgers.of(dossier).entries {
                all.extend(match entry.credit.money {
                    Money::Txn(txn) => facts.txn_exceptions(txn),
                    Money::Receipt(receipt) => facts.receipt_exceptions(receipt),
                });
            }
        }
        all
    }

    /// A dossier on a day; each of `spans` that adds something may fall on any day on which
    /// anything of it may have happened.
    fn add(
        &self,
        dossier: Index,
        (day, outcomes): (Day, Vec<(i64, i64)>),
        spans: &[(i64, i64)],
        made: &mut Vec<Contribution>,
    ) {
        let facts = self.facts;
        let of = facts.pool.dossier(dossier);
        let exceptions = self.exceptions(dossier);
        let mut item = Item::new(DEFINITION.id, Name::Dossier(of.code), day, exceptions);
        if !spans.is_empty() {
            item.coupled = true;
            item.sometime(self.days_around(dossier, day), spans);
        }
        let mut own = Tally::of_each();
        item.spread(&Agencies::one(of.agency), &outcomes, &mut own);
        made.append(&mut own.items);
    }

    /// From the first day on which anything that may be of a dossier happened to the last.
    fn days_around(&self, dossier: Index, day: Day) -> (Day, Day) {
        let facts = self.facts;
        let entries = facts.desk.ledgers.of(dossier).entries.iter();
        let money = entries.map(|entry| entry.credit.money.day(facts.pool));
        let paid = self.fees(dossier).iter();
        let paid = paid.filter_map(|fee| fee.more.paid_at.as_ref().map(Moment::day));
        let open = [
            facts.credits.days(),
            facts.unread_cash.days(),
            facts.contest(dossier).map(|contest| contest.days),
            facts.doubt(dossier).map(|doubt| doubt.days),
        ];
        let open = open.into_iter().flatten().flat_map(|(from, to)| [from, to]);
        let own = [day, self.received(dossier), facts.last_day];
        let all = || {
            money
                .clone()
                .chain(paid.clone())
                .chain(open.clone())
                .chain(own)
        };
        (all().min().unwrap_or(day), all().max().unwrap_or(day))
    }
}

/// An entry that is still there.
pub(super) fn is_kept(entry: &Entry) -> bool {
    let gone = entry.reversed || entry.returned >= entry.credit.amount;
    !gone && entry.effect == Effect::Settles && !entry.parts.is_empty()
}
