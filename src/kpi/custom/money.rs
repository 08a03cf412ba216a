//! What an own definition counts beside the events and dong of the others: land obligations,
//! payments that went back, and what is not paid.

use crate::domain::Day;
use crate::domain::custom::{CountUnit, RefundRule};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::Index;

use super::super::agencies::Agencies;
use super::super::item::{Item, Name};
use super::super::share::Contribution;
use super::super::tally::Tally;
use super::{DEFINITION, Maker};

impl Maker<'_, '_, '_> {
    /// Payments of land obligations, payments that went back, and what is not paid, where they
    /// count.
    pub(super) fn more_money(&self, items: &mut Vec<Contribution>) {
        let mut more = Tally::of_each();
        let ledgers = self.facts.desk.ledgers.iter();
        for (d, ledger) in ledgers {
            for entry in &ledger.entries {
                self.more_of(d, ledger, entry, &mut more);
            }
            if self.custom.unpaid {
                self.unpaid(d, ledger, &mut more);
            }
        }
        items.append(&mut more.items);
    }

    fn more_of(&self, dossier: Index, ledger: &Ledger, entry: &Entry, more: &mut Tally) {
        let pool = self.facts.pool;
        if entry.reversed || entry.effect != Effect::Settles {
            return;
        }
        let land = |l: &usize| pool.is_land(ledger.lines[*l].fee);
        let part = |wanted: bool| -> i128 {
            let parts = entry.parts.iter().filter(|(l, _)| land(l) == wanted);
            parts.map(|(_, amount)| amount).sum()
        };
        let gone = entry.returned >= entry.credit.amount;
        let dong = self.custom.unit == CountUnit::Dong;
        let back: i128 = entry.sent_back.iter().map(|(_, amount)| amount).sum();
        let (of_land, of_fees) = (part(true), part(false));
        let mut v = 0;
        if self.custom.land && of_land > 0 && !gone {
            v += if dong {
                of_land
            } else {
                i128::from(of_fees == 0)
            };
        }
        if self.custom.refunded != RefundRule::Drop && back > 0 && (dong || gone) {
            v += if dong { back } else { 1 };
        }
        let v = i64::try_from(v).unwrap_or(i64::MAX);
        let cashless = matches!(entry.credit.money, Money::Txn(_));
        let pair = |v: i64| (if cashless { v } else { 0 }, v);
        let agency = Agencies::one(pool.dossier(dossier).agency);
        let day = entry.credit.money.day(pool);
        let code = pool.dossier(dossier).code;
        let item = |kind: &str, day: Day| {
            let key = entry.credit.money.key(pool);
            let name = format!("{kind}|{code}|{}|{}", key.source, key.id);
            Item::new(DEFINITION.id, Name::Text(name.into()), day, Vec::new())
        };
        if v > 0 {
            item("more", day).spread(&agency, &[pair(v)], more);
        }
        if self.custom.refunded == RefundRule::Negative && back > 0 && (dong || gone) {
            let places = ledger
                .entries
                .iter()
                .position(|e| e.credit.money == entry.credit.money);
            let returns = ledger.returns.iter();
            let mine = returns.filter(|r| places.is_some_and(|place| r.of.contains(&place)));
            let last = mine.map(|r| pool.txn(r.txn).paid_on).max();
            let v = if dong {
                i64::try_from(back).unwrap_or(i64::MAX)
            } else {
                1
            };
            let (a, b) = pair(v);
            item("back", last.unwrap_or(day)).spread(&agency, &[(-a, -b)], more);
        }
    }

    /// What a dossier still owes, as dong that were not paid without cash.
    fn unpaid(&self, dossier: Index, ledger: &Ledger, more: &mut Tally) {
        let pool = self.facts.pool;
        let counted = |line: &&Line| self.custom.land || !pool.is_land(line.fee);
        let lacking = |line: &Line| line.lacking() + line.given_back();
        let owed: i128 = ledger.lines.iter().filter(counted).map(lacking).sum();
        if owed <= 0 {
            return;
        }
        let of = pool.dossier(dossier);
        let owed = i64::try_from(owed).unwrap_or(i64::MAX);
        let day = of.code.received_on().unwrap_or(self.facts.last_day);
        let name = Name::Text(format!("unpaid|{}", of.code).into());
        let mut item = Item::new(DEFINITION.id, name, day, Vec::new());
        // an open credit may pay it: then it is there already
        item.coupled = !self.facts.credits.is_empty();
        let outcomes: &[(i64, i64)] = if item.coupled {
            &[(0, owed), (0, 0)]
        } else {
            &[(0, owed)]
        };
        item.spread(&Agencies::one(of.agency), outcomes, more);
    }
}
