//! What the other rows name: texts, references, evidence, rows that could not be read. A plain
//! dossier that is named there is held, however little it matters.

use rustc_hash::FxHashSet;

use super::{Held, Lane, slot};
use crate::classify::Classified;
use crate::domain::{DossierCode, Side, Txn};
use crate::matching::Evidence;
use crate::prove::memo::squeezed;
use crate::settle::Settlement;

impl<'a> Lane<'a> {
    /// Which rows and dossiers go into the books.
    pub(in crate::prove) fn held(&self, settlement: &'a Settlement) -> Held {
        let inputs = self.inputs;
        let mut held = Held {
            dossiers: vec![!self.can_tell; self.plain.dossiers.len()],
            fees: vec![true; inputs.fees.len()],
            txns: vec![true; inputs.txns.len()],
            receipts: vec![true; inputs.receipts.len()],
        };
        self.take(&mut held);
        if self.can_tell {
            for place in 0..held.dossiers.len() {
                held.dossiers[place] |= !self.is_right(place);
            }
        }
        for place in 0..held.dossiers.len() {
            if held.dossiers[place] {
                self.mark(place, &mut held, true);
            }
        }
        if self.can_tell {
            let mut named = Named::new(self, settlement, &held);
            loop {
                let more = self.hold(&named, &mut held);
                if more.is_empty() {
                    break;
                }
                named = Named::of(self, &more);
            }
        }
        held
    }

    /// Takes the rows of plain dossiers out of the books; two that claim one row are held.
    fn take(&self, held: &mut Held) {
        for place in 0..self.plain.dossiers.len() {
            if !self.mark(place, held, false) {
                held.dossiers[place] = true;
            }
        }
        let mut twice = FxHashSet::default();
        for (place, of) in held.dossiers.iter().enumerate() {
            if *of {
                twice.extend(self.claimed(place));
            }
        }
        if twice.is_empty() {
            return;
        }
        for place in 0..self.plain.dossiers.len() {
            let mut rows = self.claimed(place);
            held.dossiers[place] |= rows.any(|row| twice.contains(&row));
        }
    }

    /// The rows of a plain dossier: side and place.
    fn claimed(&self, place: usize) -> impl Iterator<Item = (Side, usize)> + use<'_, 'a> {
        let of = &self.plain.dossiers[place];
        let lines = (slot(of.first)..).take(self.fees(of).len());
        let money = self.money(place).iter();
        let money = money.map(|row| (row.side, slot(row.at)));
        lines.map(|line| (Side::Fee, line)).chain(money)
    }

    /// Puts the rows of a dossier in or out of the books; false where one is not there, or is where
    /// it should be already.
    fn mark(&self, place: usize, held: &mut Held, is: bool) -> bool {
        let of = &self.plain.dossiers[place];
        let mut right = self.fees(of).len() == slot(of.lines);
        let lines = (slot(of.first)..).take(self.fees(of).len());
        for line in lines {
            right &= std::mem::replace(&mut held.fees[line], is) != is;
        }
        for row in self.money(place) {
            let all = match row.side {
                Side::Txn => &mut held.txns,
                Side::Receipt => &mut held.receipts,
                Side::Fee => return false,
            };
            let found = all.get_mut(slot(row.at));
            right &= found.is_some_and(|found| std::mem::replace(found, is) != is);
        }
        right
    }

    /// Holds what is named; gives those that were not held before.
    fn hold(&self, named: &Named, held: &mut Held) -> Vec<usize> {
        let starts = named.dossiers.iter().map(|dossier| self.starts[*dossier]);
        let firsts: FxHashSet<usize> = starts.collect();
        let mut more = Vec::new();
        for (place, of) in self.plain.dossiers.iter().enumerate() {
            if held.dossiers[place] {
                continue;
            }
            let here = || firsts.contains(&(slot(of.first)));
            let line = || {
                let mut fees = self.fees(of).iter();
                fees.any(|fee| named.fees.contains(fee.fee_id.as_str()))
            };
            let money = || {
                let mut money = self.money(place).iter();
                money.any(|row| {
                    let txn = self.txn(row).map(|txn| &*txn.id);
                    let id = txn.or(self.receipt(row).map(|receipt| &*receipt.receipt_id));
                    id.is_some_and(|id| named.rows.contains(id))
                })
            };
            let any = here() || (!named.fees.is_empty() && line());
            if any || (!named.rows.is_empty() && money()) {
                held.dossiers[place] = true;
                self.mark(place, held, true);
                more.push(place);
            }
        }
        more
    }
}

/// What other rows name.
#[derive(Default)]
struct Named<'a> {
    /// Dossiers among all.
    dossiers: FxHashSet<usize>,
    /// Ids of transactions and receipts.
    rows: FxHashSet<&'a str>,
    /// Ids of fee lines that could not be read.
    fees: FxHashSet<&'a str>,
}

impl<'a> Named<'a> {
    fn new(lane: &Lane<'a>, settlement: &'a Settlement, held: &Held) -> Self {
        let mut named = Self::default();
        for (txn, _) in lane
            .inputs
            .txns
            .iter()
            .zip(&held.txns)
            .filter(|(_, held)| **held)
        {
            named.txn(lane, txn);
        }
        let receipts = lane.inputs.receipts.iter().zip(&held.receipts);
        for (receipt, _) in receipts.filter(|(_, held)| **held) {
            named.code(lane, receipt.dossier_code.as_str());
        }
        for reject in &lane.inputs.rejects {
            let ids = if reject.side == Side::Fee {
                &mut named.fees
            } else {
                &mut named.rows
            };
            ids.insert(&reject.id);
        }
        for row in &settlement.rows {
            named.row(lane, row);
        }
        for group in &settlement.groups {
            for leg in &group.legs {
                let code = leg.dossier_code.as_ref();
                if let Some(code) = code {
                    named.code(lane, code.as_str());
                }
                named.why(lane, &leg.why);
            }
        }
        named
    }

    /// What the texts of the money of some plain dossiers name.
    fn of(lane: &Lane<'a>, places: &[usize]) -> Self {
        let mut named = Self::default();
        for place in places {
            for txn in lane.money(*place).iter().filter_map(|row| lane.txn(row)) {
                named.txn(lane, txn);
            }
        }
        named
    }

    fn txn(&mut self, lane: &Lane, txn: &Txn) {
        let reference = txn.order_ref.as_deref().unwrap_or_default();
        for text in [&*txn.memo, reference] {
            self.text(lane, text);
        }
    }

    fn row(&mut self, lane: &Lane<'a>, row: &'a Classified) {
        let code = row.dossier_code.as_ref().map(DossierCode::as_str);
        let near = row.nearest.iter().map(|near| &*near.candidate);
        for code in code.into_iter().chain(near) {
            self.code(lane, code);
        }
        for why in &row.evidence {
            self.why(lane, why);
        }
    }

    fn code(&mut self, lane: &Lane, code: &str) {
        self.dossiers.extend(lane.dossier(code));
    }

    /// The codes in a text.
    fn text(&mut self, lane: &Lane, text: &str) {
        if text.is_empty() {
            return;
        }
        let found = lane.codes.within(&squeezed(text));
        self.dossiers
            .extend(found.iter().map(|found| found.dossier));
    }

    fn why(&mut self, lane: &Lane<'a>, why: &'a Evidence) {
        match why {
            Evidence::OrderRef(code)
            | Evidence::MemoIsCode(code)
            | Evidence::MemoHolds(code)
            | Evidence::ReceiptNames(code)
            | Evidence::Rival(code)
            | Evidence::RivalOfAmount(code)
            | Evidence::HoldsTail(code)
            | Evidence::UnknownState(_, Some(code))
            | Evidence::VnpayState(_, Some(code)) => self.code(lane, code.as_str()),
            Evidence::SeveralCodes(codes) => {
                for code in codes {
                    self.code(lane, code.as_str());
                }
            }
            Evidence::UnknownCode(text) | Evidence::OtherProvince(text) => self.text(lane, text),
            Evidence::OneEdit(written, code, _) => {
                self.code(lane, code.as_str());
                self.dossiers.extend(lane.codes.near(written));
            }
            Evidence::NamesTransaction(id)
            | Evidence::Undoes(id)
            | Evidence::Repeats(id)
            | Evidence::PaidAgainBy(id)
            | Evidence::ReturnedBy(id)
            | Evidence::RepeatBack(id, ..)
            | Evidence::OfRepeat(id)
            | Evidence::SurplusBack(id, ..)
            | Evidence::OfSurplus(id, _)
            | Evidence::SameAs(id)
            | Evidence::NamedInVain(id)
            | Evidence::BackBefore(id, ..)
            | Evidence::BackAgain(id) => {
                self.rows.insert(id);
            }
            _ => {}
        }
    }
}
