//! Which dossiers an own definition counts, and what each may be.

use std::collections::BTreeMap;

use crate::domain::custom::PartialRule;
use crate::domain::{CollectionMode, Day, Fee};
use crate::matching::ledger::{Effect, Entry};
use crate::matching::pool::{Index, index};

use super::super::agencies::Agencies;
use super::super::item::{Item, Name};
use super::super::origin::Origin;
use super::super::share::Contribution;
use super::super::tally::Tally;
use super::{DEFINITION, Maker};

impl Maker<'_, '_, '_> {
    /// The dossiers that count, each with what it may be.
    pub(super) fn dossiers(&self, items: Vec<Contribution>) -> Vec<Contribution> {
        let mut known: BTreeMap<Box<str>, Vec<Contribution>> = BTreeMap::new();
        let mut made = Vec::new();
        for item in items {
            match Origin::parse(&item.item) {
                Origin::Dossier(_) => known.entry(item.item.clone()).or_default().push(item),
                // a refund that names nobody
                _ => made.push(item),
            }
        }
        for d in 0..self.facts.pool.dossiers.len() {
            let dossier = self.facts.pool.dossier(index(d));
            let name = Name::Dossier(dossier.code);
            let mine = known.remove(name.to_string().as_str());
            let Some(standing) = self.standing(index(d)) else {
                continue;
            };
            if let Some(mine) = mine {
                made.extend(mine.into_iter().map(|item| with_standing(item, standing)));
            } else if standing != (0, 0) {
                let day = self.last_paid(index(d)).or(dossier.code.received_on());
                let day = day.unwrap_or(self.facts.last_day);
                let item = Item::new(DEFINITION.id, name, day, Vec::new());
                let mut own = Tally::of_each();
                item.spread(&Agencies::one(dossier.agency), &[standing], &mut own);
                made.append(&mut own.items);
            }
        }
        made
    }

    /// What a dossier is while it is not paid in full; none where it does not count at all.
    fn standing(&self, dossier: Index) -> Option<(i64, i64)> {
        let fees = self.fees(dossier);
        let land = |fee: &&Fee| fee.kind != crate::domain::FeeKind::LandObligation;
        let counted = || fees.iter().filter(|fee| self.custom.land || land(fee));
        let exempt = |fee: &Fee| fee.more.collection_mode == Some(CollectionMode::Exempt);
        let owes = |fee: &Fee| fee.amount.get() > 0 && !exempt(fee);
        if !counted().any(owes) {
            let is_exempt = counted().any(exempt);
            let zero = self.custom.zero_fee && !is_exempt && counted().next().is_some();
            return (zero || (is_exempt && self.custom.exempt)).then_some((0, 1));
        }
        if self.custom.partial == PartialRule::Any {
            let entries = &self.facts.desk.ledgers.of(dossier).entries;
            let mut kept = entries.iter().filter(|entry| is_kept(entry)).peekable();
            if kept.peek().is_some() {
                let cashless = kept.all(|entry| entry.credit.money.txn().is_some());
                return Some((i64::from(cashless), 1));
            }
        }
        Some((0, i64::from(self.custom.unpaid)))
    }

    fn last_paid(&self, dossier: Index) -> Option<Day> {
        let entries = self.facts.desk.ledgers.of(dossier).entries.iter();
        let kept = entries.filter(|entry| is_kept(entry));
        kept.map(|entry| entry.credit.money.day(self.facts.pool))
            .max()
    }
}

/// An entry that is still there.
pub(super) fn is_kept(entry: &Entry) -> bool {
    let gone = entry.reversed || entry.returned >= entry.credit.amount;
    !gone && entry.effect == Effect::Settles && !entry.parts.is_empty()
}

/// What was (0,0) is what the dossier stands at; anything else stays possible.
fn with_standing(mut item: Contribution, standing: (i64, i64)) -> Contribution {
    if standing == (0, 0) {
        return item;
    }
    let raise = |pair: &mut (i64, i64)| {
        if *pair == (0, 0) {
            *pair = standing;
        }
    };
    item.outcomes.iter_mut().for_each(raise);
    item.elsewhere
        .iter_mut()
        .for_each(|span| raise(&mut span.outcome));
    let mut once = Vec::new();
    for pair in std::mem::take(&mut item.outcomes) {
        if !once.contains(&pair) {
            once.push(pair);
        }
    }
    item.outcomes = once;
    item
}
