//! What may be changed in the rows of a plain dossier.

use doisoat::domain::{
    CollectionMode, DeclaredMethod, FeeKind, FeeStatus, Inputs, ReceiptStatus, Side, TxnKind,
    TxnStatus, Vnd,
};
use doisoat::settle::Plain;

/// Its name, and what it does to the `n`-th: to its first line, or its first money.
pub(super) type Change = (&'static str, fn(&mut Inputs, &Plain, usize) -> bool);

fn with_txn(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Txn),
) -> bool {
    let is = |at: &usize| plain.money[*at].side == Side::Txn;
    let Some(at) = (n..plain.money.len()).find(is) else {
        return false;
    };
    edit(&mut inputs.txns[slot(plain.money[at].at)]);
    true
}

fn with_receipt(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Receipt),
) -> bool {
    let is = |at: &usize| plain.money[*at].side == Side::Receipt;
    let Some(at) = (n..plain.money.len()).find(is) else {
        return false;
    };
    edit(&mut inputs.receipts[slot(plain.money[at].at)]);
    true
}

fn with_fee(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Fee),
) -> bool {
    edit(&mut inputs.fees[slot(plain.dossiers[n].first)]);
    true
}

/// The line of which a transaction is the only money.
fn with_paid_fee(
    inputs: &mut Inputs,
    plain: &Plain,
    n: usize,
    edit: impl FnOnce(&mut doisoat::domain::Fee),
) -> bool {
    let mut first = 0;
    for (at, of) in plain.dossiers.iter().enumerate() {
        let money = &plain.money[first];
        first += slot(of.payments);
        if at >= n && money.side == Side::Txn && money.line.is_none() {
            return with_fee(inputs, plain, at, edit);
        }
    }
    false
}

pub(super) const CHANGES: &[Change] = &[
    ("a fee of another amount", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| {
            fee.amount = Vnd::new(fee.amount.get() + 1);
        })
    }),
    ("a fee that is not paid", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| fee.status = FeeStatus::Unpaid)
    }),
    ("a cancelled fee", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| fee.status = FeeStatus::Cancelled)
    }),
    ("a land obligation", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| fee.kind = FeeKind::LandObligation)
    }),
    ("an exempt fee", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| {
            fee.more.collection_mode = Some(CollectionMode::Exempt);
        })
    }),
    ("declared as cash", |inputs, plain, n| {
        with_paid_fee(inputs, plain, n, |fee| {
            fee.declared_method = DeclaredMethod::Cash;
        })
    }),
    ("due long before", |inputs, plain, n| {
        with_fee(inputs, plain, n, |fee| {
            fee.due_at = doisoat::domain::Moment::parse("2020-01-01T00:00:00+07:00").ok();
        })
    }),
    ("paid on another day by the registry", |inputs, plain, n| {
        with_paid_fee(inputs, plain, n, |fee| {
            fee.more.paid_at = doisoat::domain::Moment::parse("2020-01-01T00:00:00+07:00").ok();
        })
    }),
    ("money of another amount", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| {
            txn.amount = Vnd::new(txn.amount.get() + 1);
        })
    }),
    ("money that failed", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| txn.status = TxnStatus::Failed)
    }),
    ("money that went back", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| txn.kind = TxnKind::Refund)
    }),
    ("money of another accounting day", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| {
            txn.business_date = txn.business_date.plus(1);
        })
    }),
    ("money that names nobody", |inputs, plain, n| {
        with_txn(inputs, plain, n, |txn| {
            txn.order_ref = None;
            txn.memo = "NOP TIEN".into();
        })
    }),
    ("a receipt of another amount", |inputs, plain, n| {
        with_receipt(inputs, plain, n, |receipt| {
            receipt.amount = Vnd::new(receipt.amount.get() + 1);
        })
    }),
    ("a receipt that is void", |inputs, plain, n| {
        with_receipt(inputs, plain, n, |receipt| {
            receipt.status = ReceiptStatus::Void;
        })
    }),
    ("a receipt of another dossier", |inputs, plain, n| {
        let other = inputs.fees[0].dossier_code.clone();
        with_receipt(inputs, plain, n, |receipt| receipt.dossier_code = other)
    }),
];

/// A place in a list.
pub(super) fn slot(n: impl Into<u64>) -> usize {
    usize::try_from(n.into()).unwrap()
}
