//! What an own definition counts beside the events and dong of the others: land obligations,
//! payments that went back, and what is not paid.

use std::collections::BTreeMap;

use crate::domain::custom::{CountUnit, RefundRule};
use crate::domain::{AgencyCode, Day};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::{Index, index};

use super::super::agencies::Agencies;
use super::super::facts::Open;
use super::super::item::{Item, Name};
use super::super::origin::Origin;
use super::super::share::{Contribution, Elsewhere, Scope};
use super::super::tally::Tally;
use super::{DEFINITION, Maker};

/// Money of one row, or of the receipts of one moment, as an own definition sees it.
#[derive(Default)]
struct Event<'a> {
    /// The agencies of the lines that count.
    agencies: Agencies<'a>,
    /// Some of it is still there.
    kept: bool,
    /// Some of it settled a line that counts.
    counts: bool,
    /// Agencies of land obligations that it may have paid for, or paid again.
    perhaps: Agencies<'a>,
    /// An open row may be the payment in its stead.
    contested: bool,
    exceptions: Vec<crate::domain::ExceptionId>,
    /// The day of the last money that went back.
    back: Option<Day>,
}

impl<'a> Maker<'_, '_, 'a> {
    /// Payments of land obligations, payments that went back, and what is not paid, where they
    /// count.
    pub(super) fn money(&self, base: Vec<Contribution>) -> Vec<Contribution> {
        let mut items: Vec<Contribution> = base
            .into_iter()
            .filter_map(|item| self.by_rule(item))
            .collect();
        let mut more = Tally::of_each();
        let asks = self.custom.land || self.custom.refunded != RefundRule::Drop;
        if self.custom.unit == CountUnit::Transaction {
            if asks {
                self.events(&mut more);
            }
        } else {
            for (d, ledger) in self.facts.desk.ledgers.iter() {
                if asks {
                    let entries = ledger.entries.iter();
                    entries.for_each(|entry| self.dong_of(d, ledger, entry, &mut more));
                }
                if self.custom.unpaid && !self.facts.desk.set_of.contains_key(&d) {
                    self.unpaid(d, ledger, &mut more);
                }
            }
        }
        merge(&mut items, more.items);
        items
    }

    /// An item of the definition underneath, as the rules of refunds, land and unpaid money have
    /// it; none where it counts nowhere.
    fn by_rule(&self, mut item: Contribution) -> Option<Contribution> {
        let back = |(a, b): &(i64, i64)| *a < 0 || *b < 0;
        if item.pairs().iter().any(back) {
            let most = item.pairs().iter().map(|(_, b)| *b).min().unwrap_or(0);
            match self.custom.refunded {
                RefundRule::Drop if self.custom.unpaid => self.owed_again(&mut item, -most),
                RefundRule::Drop => {}
                // of whatever payment: that payment stays counted
                RefundRule::Keep => return None,
                RefundRule::Negative => {
                    item.outcomes = vec![(0, 0), (most, most), (0, most)];
                    item.elsewhere = Vec::new();
                }
            }
        } else if self.custom.land
            && let Origin::Txn(source, id) = Origin::parse(&item.item)
            && let Some(txn) = self.txn(source, id)
            && matches!(self.facts.open(txn), Open::Fee | Open::Credit)
            && self.custom.unit == CountUnit::Dong
        {
            // it may pay a land obligation too, net of a fee or not
            let amount = i128::from(self.facts.largest(txn));
            let own = self.facts.pool.txn(txn).fee.wide();
            let fee = self.facts.provider_fee(amount.saturating_mul(2));
            let most = i64::try_from(amount + own.max(fee)).unwrap_or(i64::MAX);
            item.outcomes.push((most, most));
            let spans: Vec<Elsewhere> = item.elsewhere.clone();
            let moved = spans.into_iter().map(|span| Elsewhere {
                outcome: (most, most),
                ..span
            });
            item.elsewhere.extend(moved);
            item.elsewhere.sort_unstable();
            item.elsewhere.dedup();
            item.coupled = true;
        }
        Some(item)
    }

    /// Where what is not paid counts, a refund whose payment nobody knows makes some of it owed
    /// again, on whatever day that counts.
    pub(super) fn owed_again(&self, item: &mut Contribution, most: i64) {
        item.elsewhere.push(Elsewhere {
            from: Day::of_ms(0),
            to: self.facts.last_day.max(item.day),
            outcome: (0, most),
        });
        item.elsewhere.sort_unstable();
        item.elsewhere.dedup();
        item.coupled = true;
    }

    /// True where an open row may take the place of what a dossier was paid with.
    fn is_contested(&self, dossier: Index) -> bool {
        self.facts.contest(dossier).is_some() || self.facts.may_be_overpaid(dossier)
    }

    /// Payment events that only count by the rules of land and refunds, and what they took back.
    fn events(&self, more: &mut Tally) {
        let inputs = self.facts.pool.inputs;
        for i in (0..inputs.txns.len()).map(index) {
            let row = self.facts.pool.txn(i);
            let event = self.event(&[Money::Txn(i)]);
            self.one_event(&event, Name::Txn(row), (row.paid_on, 1), more);
        }
        let mut events: BTreeMap<(&str, &str, i64), Vec<Money>> = BTreeMap::new();
        for (i, receipt) in inputs.receipts.iter().enumerate() {
            let ms = receipt.collected_at.ms();
            let key = (receipt.dossier_code.as_str(), &*receipt.cashier, ms);
            events
                .entry(key)
                .or_default()
                .push(Money::Receipt(index(i)));
        }
        for members in events.into_values() {
            let event = self.event(&members);
            let Some(Money::Receipt(first)) = members.first() else {
                continue;
            };
            let first = &inputs.receipts[crate::matching::pool::at(*first)];
            let day = first.collected_at.day();
            self.one_event(&event, Name::Cash(first), (day, 0), more);
        }
    }

    fn event(&self, members: &[Money]) -> Event<'a> {
        let facts = self.facts;
        let mut event = Event::default();
        for (dossier, ledger, entry) in members.iter().flat_map(|money| facts.entries(*money)) {
            if self.may_pay_land(dossier, ledger, entry) {
                event.perhaps.insert(facts.pool.dossier(dossier).agency);
                event.exceptions.extend(self.exceptions(dossier));
            }
            if entry.reversed || entry.effect != Effect::Settles {
                continue;
            }
            let gone = is_gone(entry);
            let lines = entry.parts.iter().map(|(l, _)| ledger.lines[*l].fee);
            let is_land = |line: &Index| facts.pool.is_land(*line);
            let fees = lines.clone().any(|line| !is_land(&line)) || entry.parts.is_empty();
            let counted = lines.filter(|line| self.custom.land || !is_land(line));
            let agencies: Agencies = if entry.parts.is_empty() {
                facts.agencies(dossier, ledger, entry)
            } else {
                counted
                    .map(|line| &facts.pool.fee(line).agency_code)
                    .collect()
            };
            if agencies.is_empty() || (gone && self.custom.refunded == RefundRule::Drop) {
                event.kept |= !gone;
                continue;
            }
            // what is not gone and pays fees counts already
            event.counts |= gone || !fees || self.custom.land;
            event.kept |= !gone;
            event.agencies.extend(agencies.iter());
            event.contested |= self.is_contested(dossier);
            event.exceptions.extend(self.exceptions(dossier));
            event.back = event.back.max(self.last_back(ledger, entry));
        }
        event
    }

    /// True for a repeat that may be none, of a dossier with a land obligation that counts.
    fn may_pay_land(&self, dossier: Index, ledger: &Ledger, entry: &Entry) -> bool {
        let certain = match entry.effect {
            Effect::Settles => true,
            Effect::Duplicate { certain, .. } => {
                certain && !self.facts.may_be_again(dossier, entry)
            }
            Effect::Doubtful { .. } => false,
        };
        let gone = entry.reversed || is_gone(entry);
        let mut lines = ledger.lines.iter();
        let land = lines.any(|line| self.facts.pool.is_land(line.fee));
        self.custom.land && land && !certain && !gone
    }

    /// The event on the day of its payment, and what went back of it on its own; `cashless` is 1
    /// or 0.
    fn one_event(&self, event: &Event, name: Name, (day, cashless): (Day, i64), more: &mut Tally) {
        if !event.counts {
            if !event.perhaps.is_empty() {
                let mut item = Item::new(DEFINITION.id, name, day, event.exceptions.clone());
                item.coupled = true;
                item.spread(&event.perhaps, &[(0, 0), (cashless, 1)], more);
            }
            return;
        }
        let exceptions = event.exceptions.clone();
        let back = event
            .back
            .filter(|_| !event.kept && self.custom.refunded == RefundRule::Negative);
        let told = format!("back|{name}");
        let add = |name: Name, day: Day, sign: i64, more: &mut Tally| {
            let mut item = Item::new(DEFINITION.id, name, day, exceptions.clone());
            item.coupled = event.contested;
            let mut outcomes = vec![(sign * cashless, sign)];
            outcomes.extend(event.contested.then_some((0, 0)));
            item.spread(&event.agencies, &outcomes, more);
        };
        add(name, day, 1, more);
        if let Some(day) = back {
            add(Name::Text(told.into()), day, -1, more);
        }
    }

    /// The last day on which money of an entry went back.
    fn last_back(&self, ledger: &Ledger, entry: &Entry) -> Option<Day> {
        let place = ledger
            .entries
            .iter()
            .position(|e| e.credit.money == entry.credit.money)?;
        let mine = ledger.returns.iter().filter(|r| r.of.contains(&place));
        mine.map(|r| self.facts.pool.txn(r.txn).paid_on).max()
    }

    /// Dong of land obligations and dong that went back, by the agency of their line.
    fn dong_of(&self, dossier: Index, ledger: &Ledger, entry: &Entry, more: &mut Tally) {
        let pool = self.facts.pool;
        let perhaps = self.may_pay_land(dossier, ledger, entry)
            && self.facts.agencies(dossier, ledger, entry).is_empty();
        if !perhaps && (entry.reversed || entry.effect != Effect::Settles) {
            return;
        }
        let keeps = self.custom.refunded != RefundRule::Drop;
        let mut stays: BTreeMap<&AgencyCode, i128> = BTreeMap::new();
        let mut back: BTreeMap<&AgencyCode, i128> = BTreeMap::new();
        for (l, part) in &entry.parts {
            let line = ledger.lines[*l].fee;
            let land = pool.is_land(line);
            let sent = entry.sent_back.iter().filter(|(of, _)| of == l);
            let sent: i128 = sent.map(|(_, amount)| amount).sum();
            let agency = &pool.fee(line).agency_code;
            if !land || self.custom.land {
                let taken = if keeps { sent } else { 0 };
                let own = if land { part - sent } else { 0 };
                *stays.entry(agency).or_default() += own + taken;
                *back.entry(agency).or_default() += taken;
            }
        }
        if perhaps {
            let left = entry.credit.amount - entry.returned;
            *stays.entry(pool.dossier(dossier).agency).or_default() += left;
        }
        let cashless = matches!(entry.credit.money, Money::Txn(_));
        let contested = perhaps || self.is_contested(dossier);
        let day = entry.credit.money.day(pool);
        let key = entry.credit.money.key(pool);
        let code = pool.dossier(dossier).code;
        let exceptions = self.exceptions(dossier);
        let mut add = |kind: &str, day: Day, sums: &BTreeMap<&AgencyCode, i128>, sign: i64| {
            let dong = |sum: i128| sign * i64::try_from(sum).unwrap_or(i64::MAX);
            let outcomes = |sum: i128| {
                let v = dong(sum);
                let mut outcomes = vec![(if cashless { v } else { 0 }, v)];
                outcomes.extend(contested.then_some((0, 0)));
                if perhaps {
                    outcomes.reverse();
                }
                outcomes
            };
            let name = format!("{kind}|{code}|{}|{}", key.source, key.id);
            let mut item = Item::new(
                DEFINITION.id,
                Name::Text(name.into()),
                day,
                exceptions.clone(),
            );
            item.coupled = contested;
            let total: i128 = sums.values().sum();
            if total > 0 {
                more.total(&item, &outcomes(total));
            }
            for (agency, sum) in sums.iter().filter(|(_, sum)| **sum > 0) {
                more.agency(&item, agency, &outcomes(*sum));
            }
        };
        add("more", day, &stays, 1);
        if self.custom.refunded == RefundRule::Negative {
            add(
                "back",
                self.last_back(ledger, entry).unwrap_or(day),
                &back,
                -1,
            );
        }
    }

    /// What a dossier still owes, as dong that were not paid without cash. Where an open row may
    /// pay it, or may be what paid the rest, it may be less or more.
    fn unpaid(&self, dossier: Index, ledger: &Ledger, more: &mut Tally) {
        let (facts, pool) = (self.facts, self.facts.pool);
        let counted = |line: &&Line| !pool.is_land(line.fee);
        let lines = || ledger.lines.iter().filter(counted);
        let lacks = |line: &Line| line.lacking() + line.given_back();
        let sum = |wanted: &dyn Fn(&Line) -> bool| -> i128 {
            lines().filter(|line| wanted(line)).map(lacks).sum()
        };
        let differs = |line: &Line| line.receipt_differs.is_some();
        let waits = |line: &Line| {
            let row = facts.fee_row(line.fee);
            let open = row.filter(|row| row.bucket == crate::classify::Bucket::Open);
            let class = open.map_or("", |row| row.counts_as());
            matches!(
                class,
                "missing_payment" | "missing_receipt" | "pending" | "status_mismatch"
            )
        };
        let owed = sum(&|line| !differs(line));
        let mut ways = vec![owed];
        if lines().any(differs) {
            ways.push(sum(&|_| true));
        }
        ways.push(sum(&|line| !differs(line) && !waits(line)));
        let back = !facts.may_go_back(dossier).is_empty();
        let doubt = back || self.is_contested(dossier) || facts.doubt(dossier).is_some();
        let due: i128 = lines().map(|line| line.due).sum();
        let conflicts = lines().filter_map(|line| {
            let conflict = pool.is_fee_conflict(pool.fee(line.fee))?;
            let largest = pool.inputs.conflicts[crate::matching::pool::at(conflict)].largest;
            Some((largest.wide() - line.due).max(0))
        });
        let conflicts: Vec<i128> = conflicts.collect();
        if doubt || !conflicts.is_empty() {
            ways.push(due + conflicts.iter().sum::<i128>());
        }
        let paid = !facts.credits.is_empty() || !facts.unread_cash.is_empty();
        if (owed > 0 && paid) || doubt || !conflicts.is_empty() {
            ways.push(0);
        }
        let pair = |way: i128| (0, i64::try_from(way).unwrap_or(i64::MAX));
        let outcomes = super::super::joined::once(ways.into_iter().map(pair).collect());
        if outcomes == [(0, 0)] {
            return;
        }
        let of = pool.dossier(dossier);
        let day = of.code.received_on().unwrap_or(facts.last_day);
        let name = Name::Text(format!("unpaid|{}", of.code).into());
        let mut item = Item::new(DEFINITION.id, name, day, self.exceptions(dossier));
        item.coupled = outcomes.len() > 1;
        item.spread(&Agencies::one(of.agency), &outcomes, more);
    }
}

fn is_gone(entry: &Entry) -> bool {
    entry.returned >= entry.credit.amount
}

/// Adds items to those that are there. An event that is there already gets the agencies that it
/// lacks, as open as it is over all.
fn merge(items: &mut Vec<Contribution>, more: Vec<Contribution>) {
    let places = items.iter().map(|c| (c.item.clone(), c.scope.clone()));
    let known: std::collections::BTreeSet<(Box<str>, Scope)> = places.collect();
    let totals = items
        .iter()
        .filter(|c| c.scope == Scope::Total && c.is_open());
    let open: BTreeMap<Box<str>, Contribution> =
        totals.map(|c| (c.item.clone(), c.clone())).collect();
    for item in more {
        if known.contains(&(item.item.clone(), item.scope.clone())) {
            continue;
        }
        items.push(match open.get(&item.item) {
            Some(total) => Contribution {
                scope: item.scope,
                ..total.clone()
            },
            None => item,
        });
    }
}
