//! Rows, legs and groups of plain dossiers, told one by one from what was read.

use crate::classify::Classified;
use crate::domain::{Day, DossierCode, Fee, FeeId, Side, Vnd};
use crate::matching::Evidence;
use crate::matching::credits::{By, Put};
use crate::matching::desk::{Money, Standing};
use crate::matching::lane::line_of;
use crate::matching::pool::{Index, at, index};

use super::Lean;

/// A leg of a plain dossier: it settles a line.
#[derive(Clone, Copy, Debug)]
pub struct PlainLeg<'l> {
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

impl PlainGroup<'_> {
    /// Why a row is linked to the dossier.
    pub fn why(&self, by: By) -> Evidence {
        let code = self.dossier.clone();
        match by {
            By::Reference | By::Other(_) => Evidence::OrderRef(code),
            By::WholeMemo => Evidence::MemoIsCode(code),
            By::Extracted => Evidence::MemoHolds(code),
            By::Receipt(_) => Evidence::ReceiptNames(code),
        }
    }

    /// What holds for the group as a whole.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> {
        let several = Evidence::Instalments(self.payments, self.due, self.due);
        let several = (self.payments > 1).then_some(several);
        std::iter::once(Evidence::AmountFits(self.due)).chain(several)
    }
}

impl Lean<'_, '_> {
    /// The class of the row at a position of the fees, receipts or transactions; none where it is
    /// one of a plain dossier.
    pub fn row_of(&self, side: Side, position: usize) -> Option<&Classified> {
        let places = match side {
            Side::Fee => &self.place.fees,
            Side::Receipt => &self.place.receipts,
            Side::Txn => &self.place.txns,
        };
        self.settled.rows.get(at(places[position]))
    }

    /// The day under which the row of a plain dossier counts.
    pub fn plain_day(&self, side: Side, position: usize) -> Day {
        match side {
            Side::Fee => crate::classify::fee_day(self.inputs, &self.inputs.fees[position]),
            Side::Receipt => self.inputs.receipts[position].collected_at.day(),
            Side::Txn => self.inputs.txns[position].business_date,
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

    /// The plain dossiers, each with the number of its legs.
    pub fn each_plain(&self, mut f: impl FnMut(PlainGroup, usize)) {
        for dossier in self.desk.plain() {
            let group = self.group(dossier);
            let mut puts = self.desk.credits.of(dossier);
            let by_line = puts.any(|put| matches!(put.by, By::Receipt(_)));
            let legs = if by_line || group.payments > 1 {
                at(group.payments)
            } else {
                self.desk.pool.fees_of(dossier).len()
            };
            f(group, legs);
        }
    }

    pub(super) fn group(&self, dossier: Index) -> PlainGroup<'_> {
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

    /// Adds the legs of one money row: when it is alone one for each line, in order of their ids.
    fn legs<'l>(&'l self, dossier: Index, put: &Put, alone: bool, legs: &mut Vec<PlainLeg<'l>>) {
        let leg = |fee: &'l Fee| PlainLeg {
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
        legs[from..].sort_unstable_by_key(|leg| leg.fee_id.as_bytes());
    }
}

fn money(side: Side, position: usize) -> Money {
    match side {
        Side::Receipt => Money::Receipt(index(position)),
        Side::Fee | Side::Txn => Money::Txn(index(position)),
    }
}
