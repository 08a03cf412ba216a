//! Rows, legs and groups of files, told one by one: those of plain dossiers from what was read, the
//! others as they are held, each in its place.

use crate::classify::Classified;
use crate::domain::{Day, DossierCode, Fee, FeeId, Side, Vnd};
use crate::matching::MatchGroup;
use crate::matching::credits::{By, Put};
use crate::matching::desk::{Money, Standing};
use crate::matching::lane::line_of;
use crate::matching::pool::{Index, at, index};

use super::Lean;
use super::held::Held;

/// One row of a settlement.
#[derive(Clone, Copy, Debug)]
pub enum LeanRow<'l> {
    /// Of a plain dossier: in order, and matched.
    Plain(PlainRow<'l>),
    /// Any other.
    Classified(&'l Classified),
}

/// A row of a plain dossier.
#[derive(Clone, Copy, Debug)]
pub struct PlainRow<'l> {
    /// Fee, receipt or transaction.
    pub side: Side,
    /// Its source.
    pub source: &'l str,
    /// Its id.
    pub id: &'l str,
    /// Its dossier.
    pub dossier: &'l DossierCode,
    /// Its amount.
    pub amount: Vnd,
    /// The accounting day it counts under.
    pub business_date: Day,
}

/// A leg of a plain dossier: it settles a line.
#[derive(Clone, Copy, Debug)]
pub struct PlainLeg<'l> {
    /// Receipt or transaction.
    pub side: Side,
    /// Its source.
    pub source: &'l str,
    /// Its id.
    pub id: &'l str,
    /// The line.
    pub fee_id: &'l FeeId,
    /// The amount of the line.
    pub amount: Vnd,
    /// What the row names the dossier by.
    pub by: By,
}

/// What holds for a plain dossier as a whole.
#[derive(Clone, Copy, Debug)]
pub struct PlainGroup<'l> {
    /// Its code.
    pub dossier: &'l DossierCode,
    /// The pass of its legs.
    pub pass: &'static str,
    /// What is due, and was paid.
    pub due: Vnd,
    /// The number of payments.
    pub payments: u32,
}

/// One group of a settlement.
pub enum LeanGroup<'l> {
    /// Of a plain dossier, with its legs in order.
    Plain(PlainGroup<'l>, &'l [PlainLeg<'l>]),
    /// Any other.
    Group(&'l MatchGroup),
}

impl Lean<'_, '_> {
    /// Every row in order of the row keys.
    pub fn each_row<E>(&self, mut f: impl FnMut(LeanRow) -> Result<(), E>) -> Result<(), E> {
        let mut held = Held::new(&self.rows);
        for fee in &self.fee_order {
            let row = || self.fee_row(at(*fee));
            held.until(self.place.fees[at(*fee)], row, &mut f)?;
        }
        held.rest(Side::Fee, &mut f)?;
        for (side, places) in [
            (Side::Receipt, &self.place.receipts),
            (Side::Txn, &self.place.txns),
        ] {
            for (i, place) in places.iter().enumerate() {
                held.until(*place, || self.paid_row(side, i), &mut f)?;
            }
            held.rest(side, &mut f)?;
        }
        Ok(())
    }

    /// The class of the row at a position of the fees, receipts or transactions; none where it is
    /// one of a plain dossier.
    pub fn row_of(&self, side: Side, position: usize) -> Option<&Classified> {
        let places = match side {
            Side::Fee => &self.place.fees,
            Side::Receipt => &self.place.receipts,
            Side::Txn => &self.place.txns,
        };
        self.rows.get(at(places[position]))
    }

    /// The day under which the row of a plain dossier counts.
    pub fn plain_day(&self, side: Side, position: usize) -> Day {
        match side {
            Side::Fee => crate::classify::fee_day(self.inputs, &self.inputs.fees[position]),
            Side::Receipt => self.inputs.receipts[position].collected_at.day(),
            Side::Txn => self.inputs.txns[position].business_date,
        }
    }

    /// A fee line of a plain dossier.
    pub fn fee_row(&self, position: usize) -> PlainRow<'_> {
        let fee = &self.inputs.fees[position];
        PlainRow {
            side: Side::Fee,
            source: "",
            id: fee.fee_id.as_str(),
            dossier: &fee.dossier_code,
            amount: fee.amount,
            business_date: crate::classify::fee_day(self.inputs, fee),
        }
    }

    /// A receipt or transaction of a plain dossier.
    pub fn paid_row(&self, side: Side, position: usize) -> PlainRow<'_> {
        let money = money(side, position);
        let dossier = self.plain(money).unwrap_or_default();
        let (pool, dossier) = (self.desk.pool, self.desk.pool.dossier(dossier).code);
        let (side, source, id) = self.name(money);
        let (amount, business_date) = match money {
            Money::Txn(i) => (pool.txn(i).amount, pool.txn(i).business_date),
            Money::Receipt(i) => {
                let receipt = &self.inputs.receipts[at(i)];
                (receipt.amount, receipt.collected_at.day())
            }
        };
        PlainRow {
            side,
            source,
            id,
            dossier,
            amount,
            business_date,
        }
    }

    fn name(&self, money: Money) -> (Side, &str, &str) {
        match money {
            Money::Txn(i) => {
                let txn = &self.inputs.txns[at(i)];
                (Side::Txn, txn.source.as_str(), &txn.id)
            }
            Money::Receipt(i) => (
                Side::Receipt,
                "cash",
                &self.inputs.receipts[at(i)].receipt_id,
            ),
        }
    }

    /// The plain dossier that a money row pays.
    fn plain(&self, money: Money) -> Option<Index> {
        let standing = match money {
            Money::Txn(i) => &self.desk.txns[at(i)],
            Money::Receipt(i) => &self.desk.receipts[at(i)],
        };
        match standing {
            Standing::Plain(dossier) => Some(*dossier),
            _ => None,
        }
    }

    /// The legs of the receipt or transaction at a position, and what holds for their group; none
    /// where its dossier is not plain.
    pub fn links_of<'l>(
        &'l self,
        side: Side,
        position: usize,
        legs: &mut Vec<PlainLeg<'l>>,
    ) -> Option<PlainGroup<'l>> {
        let money = money(side, position);
        let dossier = self.plain(money)?;
        legs.clear();
        let mut puts = self.desk.credits.of(dossier).peekable();
        let newest = puts.next()?;
        let alone = puts.peek().is_none();
        let put = std::iter::once(newest)
            .chain(puts)
            .find(|put| put.money == money)?;
        self.legs(dossier, put, alone, legs);
        Some(self.group(dossier))
    }

    /// The plain dossiers, with all their legs.
    pub fn each_plain(&self, mut f: impl FnMut(PlainGroup, &[PlainLeg])) {
        let mut legs = Vec::new();
        for dossier in self.desk.plain() {
            self.all_legs(dossier, &mut legs);
            f(self.group(dossier), &legs);
        }
    }

    /// Every group in the order of their first legs.
    pub fn each_group<E>(&self, mut f: impl FnMut(LeanGroup) -> Result<(), E>) -> Result<(), E> {
        let first = |group: &&MatchGroup, source: &str, id: &str| {
            let leg = group.legs.first();
            leg.is_none_or(|leg| (leg.money.source.as_str(), &*leg.money.id) < (source, id))
        };
        let mut held = self.groups.iter().peekable();
        let mut legs = Vec::new();
        for (side, range) in self.sources() {
            for money in range.map(|i| money(side, i)) {
                let Some(dossier) = self.plain(money) else {
                    continue;
                };
                let (_, source, id) = self.name(money);
                let mut puts = self.desk.credits.of(dossier);
                let before = |put: &Put| {
                    let (_, other, name) = self.name(put.money);
                    put.money != money && (other, name) < (source, id)
                };
                if puts.any(before) {
                    continue;
                }
                while let Some(group) = held.next_if(|group| first(group, source, id)) {
                    f(LeanGroup::Group(group))?;
                }
                self.all_legs(dossier, &mut legs);
                f(LeanGroup::Plain(self.group(dossier), &legs))?;
            }
        }
        held.try_for_each(|group| f(LeanGroup::Group(group)))
    }

    /// The positions of each source, in the order of their names.
    fn sources(&self) -> Vec<(Side, std::ops::Range<usize>)> {
        let mut sources = vec![("cash", Side::Receipt, 0..self.inputs.receipts.len())];
        let mut start = 0;
        for rows in self.inputs.txns.chunk_by(|a, b| a.source == b.source) {
            let end = start + rows.len();
            sources.push((rows[0].source.as_str(), Side::Txn, start..end));
            start = end;
        }
        sources.sort_by_key(|(source, ..)| *source);
        let ranges = sources.into_iter();
        ranges.map(|(_, side, range)| (side, range)).collect()
    }

    fn group(&self, dossier: Index) -> PlainGroup<'_> {
        let of = self.desk.pool.dossier(dossier);
        let puts = self.desk.credits.of(dossier);
        let (mut payments, mut pass) = (0, "");
        for put in puts {
            payments += 1;
            if pass.is_empty() || put.by == By::Extracted {
                pass = put.by.pass();
            }
        }
        PlainGroup {
            dossier: of.code,
            pass,
            due: Vnd::from_wide(of.fees_due).unwrap_or_default(),
            payments,
        }
    }

    /// All legs of a plain dossier in order.
    fn all_legs<'l>(&'l self, dossier: Index, legs: &mut Vec<PlainLeg<'l>>) {
        legs.clear();
        let puts = || self.desk.credits.of(dossier);
        let alone = puts().nth(1).is_none();
        for put in puts() {
            self.legs(dossier, put, alone, legs);
        }
        if !alone {
            legs.sort_unstable_by_key(|leg| (leg.source, leg.id));
        }
    }

    /// Adds the legs of one money row: when it is alone one for each line, in order of their ids.
    fn legs<'l>(&'l self, dossier: Index, put: &Put, alone: bool, legs: &mut Vec<PlainLeg<'l>>) {
        let (side, source, id) = self.name(put.money);
        let leg = |fee: &'l Fee| PlainLeg {
            side,
            source,
            id,
            fee_id: &fee.fee_id,
            amount: fee.amount,
            by: put.by,
        };
        if !alone || matches!(put.by, By::Receipt(_)) {
            let line = line_of(&self.desk, put, dossier);
            legs.extend(line.map(|line| leg(&self.inputs.fees[at(line)])));
            return;
        }
        let from = legs.len();
        legs.extend(self.desk.pool.fees_of(dossier).iter().map(leg));
        legs[from..].sort_unstable_by_key(|leg| leg.fee_id.as_str());
    }
}

fn money(side: Side, position: usize) -> Money {
    match side {
        Side::Receipt => Money::Receipt(index(position)),
        Side::Fee | Side::Txn => Money::Txn(index(position)),
    }
}
