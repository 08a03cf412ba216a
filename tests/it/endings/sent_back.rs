//! What people do with money that is linked: a refund of a fee that the registry calls refunded
//! comes, or the registry was wrong; one of two payments of the same thing is sent back.

use doisoat::classify::Classified;
use doisoat::domain::{
    DossierCode, FeeStatus, Inputs, Moment, ReceiptStatus, RowKey, Side, Txn, TxnKind, Vnd,
};
use doisoat::matching::{Leg, Role};

use super::steps::{Scene, Way, repeated};

impl Scene<'_> {
    /// A fee whose money is there although the registry calls it refunded.
    pub(super) fn is_told_back(&self, row: &Classified) -> bool {
        let mut fees = self.day.fees.iter().filter(|fee| fee.key() == row.key);
        let refunded = fees
            .next()
            .is_some_and(|fee| fee.status == FeeStatus::Refunded);
        let mut on = self.legs().filter(|leg| is_of(leg, row));
        let back = |leg: &Leg| [Role::Refund, Role::Reversal].contains(&leg.role);
        refunded && fees.next().is_none() && on.any(|leg| leg.role == Role::Settles) && {
            let mut on = self.legs().filter(|leg| is_of(leg, row));
            !on.any(|leg| back(leg) && leg.amount.get() != 0)
        }
    }

    /// The refund comes, of one of its payments, or the registry corrects its word.
    pub(super) fn of_told_back(&self, row: &Classified) -> Vec<Way> {
        let mut wrong = self.day.clone();
        for fee in wrong.fees.iter_mut().filter(|fee| fee.key() == row.key) {
            fee.status = FeeStatus::Paid;
        }
        let mut ways = vec![(format!("{} is paid after all", row.key.id), wrong)];
        let on = self.legs().filter(|leg| is_of(leg, row));
        for leg in on.filter(|leg| leg.role == Role::Settles) {
            ways.extend(self.sent_back(&leg.money, row.dossier_code.as_ref()));
        }
        ways
    }

    /// A repeat that is still there.
    pub(super) fn is_repeat(&self, row: &Classified) -> bool {
        let undoes = |leg: &Leg| {
            let returns = [Role::Refund, Role::Reversal].contains(&leg.role);
            returns && leg.dossier_code == row.dossier_code
        };
        row.class == "duplicate" && row.dossier_code.is_some() && !self.legs().any(undoes)
    }

    /// One of the two is sent back, whichever.
    pub(super) fn of_repeat(&self, row: &Classified) -> Vec<Way> {
        let code = row.dossier_code.as_ref();
        let mut ways = self.sent_back(&row.key, code);
        let Some(first) = repeated(row) else {
            return ways;
        };
        let mut on = self.legs().filter(|leg| leg.dossier_code.as_ref() == code);
        let first = on.find(|leg| *leg.money.id == *first);
        ways.extend(
            first
                .into_iter()
                .flat_map(|leg| self.sent_back(&leg.money, code)),
        );
        ways
    }

    fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.settled.groups.iter().flat_map(|group| &group.legs)
    }

    /// A payment goes back by the way on which it came; counter cash by a transfer, or its receipt
    /// is voided.
    fn sent_back(&self, key: &RowKey, code: Option<&DossierCode>) -> Vec<Way> {
        let Some(code) = code else { return Vec::new() };
        let memo = format!("HOAN PHI {code}");
        if key.side == Side::Receipt {
            let mut void = self.day.clone();
            let mut mine = void.receipts.iter_mut().filter(|r| r.key() == *key);
            let Some(receipt) = mine.next() else {
                return Vec::new();
            };
            receipt.status = ReceiptStatus::Void;
            let amount = receipt.amount;
            let mut ways = vec![(format!("{} is void", key.id), void)];
            let debits = self
                .day
                .txns
                .iter()
                .filter(|txn| txn.source.as_str() == "bank");
            let like = debits.take(1).map(|txn| Txn {
                order_ref: None,
                payer: "".into(),
                ..txn.clone()
            });
            ways.extend(like.map(|txn| self.with_refund(&txn, amount, &memo)));
            return ways;
        }
        let mine = self.day.txns.iter().filter(|txn| txn.key() == *key);
        mine.map(|txn| self.with_refund(txn, txn.amount, &memo))
            .collect()
    }

    fn with_refund(&self, like: &Txn, amount: Vnd, memo: &str) -> Way {
        let mut day: Inputs = self.day.clone();
        let number = day.txns.len();
        let start = Moment::of_ms(super::first_day().plus(8).start_ms());
        let at = Moment::of_ms(start.ms() + i64::try_from(number).unwrap() * 60_000);
        let id = format!("BACK{number}");
        let said = format!("{id} sends {} back like {}", amount.get(), like.id);
        day.txns.push(Txn {
            id: id.as_str().into(),
            memo: memo.into(),
            amount,
            net: amount,
            fee: Vnd::ZERO,
            kind: TxnKind::Refund,
            paid_on: at.day(),
            business_date: at.day(),
            paid_at: at,
            bank_ref: None,
            status: doisoat::domain::TxnStatus::Success,
            status_word: None,
            ..like.clone()
        });
        (said, day)
    }
}

fn is_of(leg: &Leg, row: &Classified) -> bool {
    let line = leg
        .fee_id
        .as_ref()
        .is_some_and(|id| *id.as_str() == *row.key.id);
    line && leg.dossier_code == row.dossier_code
}
