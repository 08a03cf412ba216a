//! Payments of one dossier as its plain ledger takes them.

use rustc_hash::FxHashMap;

use super::super::super::books::{Books, MoneyRow, Stake};
use super::super::super::memo::person;
use crate::domain::Day;
use crate::matching::Evidence;

/// Whether the payer is the one whom the dossier expects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payer {
    Same,
    NotTold,
    Another,
}

/// A payment, put to the credit of the dossier.
#[derive(Clone)]
pub(super) struct Paid {
    /// A position in `Books::money`.
    pub(super) money: usize,
    pub(super) amount: i128,
    pub(super) payer: Payer,
    /// The only lines that it may settle, where it names some.
    pub(super) only: Option<Vec<usize>>,
    /// A person put it to these lines, with so many dong.
    pub(super) told: Option<Vec<(usize, i128)>>,
    /// What it settled: (line, dong).
    pub(super) parts: Vec<(usize, i128)>,
    /// The provider kept its fee of it.
    pub(super) net: bool,
    pub(super) did: Did,
}

/// What a payment did.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Did {
    /// It is a payment of this dossier.
    Paid,
    /// It paid lines again, certainly or perhaps.
    Again {
        sure: bool,
        of: usize,
        lines: Vec<usize>,
    },
    /// It came first, from somebody else; a later one from the right payer counts.
    Stranger,
}

/// When money moved, then its source and id.
pub(super) fn turn<'b>(books: &'b Books, money: usize) -> (i64, &'b str, &'b str) {
    let money = &books.money[money];
    match money.row {
        MoneyRow::Txn(txn) => (money.ms(), txn.source.as_str(), &*txn.id),
        MoneyRow::Receipt(receipt) => (money.ms(), "cash", &*receipt.receipt_id),
    }
}

/// The day on which money moved.
pub(super) fn day(books: &Books, paid: &Paid) -> Day {
    books.money[paid.money].day()
}

/// In order of time; of equal amounts, those of the right payer take the first places.
pub(super) fn in_turn(books: &Books, mut payments: Vec<Paid>) -> Vec<Paid> {
    payments.sort_by(|a, b| turn(books, a.money).cmp(&turn(books, b.money)));
    let mut equal: FxHashMap<i128, Vec<usize>> = FxHashMap::default();
    for (at, paid) in payments.iter().enumerate() {
        equal.entry(paid.amount).or_default().push(at);
    }
    let mut placed = payments.clone();
    for places in equal.values() {
        let is_right = |at: &&usize| payments[**at].payer == Payer::Same;
        let right = places.iter().filter(is_right);
        let others = places.iter().filter(|at| !is_right(at));
        for (place, from) in places.iter().zip(right.chain(others)) {
            placed[*place] = payments[*from].clone();
        }
    }
    placed
}

pub(super) fn paid(books: &Books, dossier: usize, money: usize, only: Option<Vec<usize>>) -> Paid {
    let payer = books.money[money].txn().map(|txn| person(&txn.payer));
    let payer = payer.filter(|payer| !payer.is_empty());
    let expected = &books.payers[dossier];
    Paid {
        money,
        amount: books.money[money].amount(),
        payer: match payer {
            Some(payer) if payer == *expected => Payer::Same,
            Some(_) if !expected.is_empty() => Payer::Another,
            _ => Payer::NotTold,
        },
        only,
        told: None,
        parts: Vec::new(),
        net: false,
        did: Did::Paid,
    }
}

/// What is linked already: a receipt to its own line, a payment of an order to the order's lines.
pub(super) fn linked_paid(
    books: &Books,
    of_fee: &FxHashMap<&str, Vec<usize>>,
    stake: &Stake,
) -> Paid {
    let lines = |fee: &str| of_fee.get(fee).map_or(&[][..], Vec::as_slice);
    let only = match books.money[stake.money].row {
        MoneyRow::Receipt(receipt) => {
            let own = lines(receipt.fee_id.as_str());
            Some(own.iter().copied().take(1).collect())
        }
        MoneyRow::Txn(txn) if matches!(stake.first.why, Evidence::OrderRef(_)) => {
            let code = books.dossiers[stake.dossier].code;
            let order = super::named::order(books, txn);
            let own = order.filter(|order| order.dossier_code == *code);
            let own = own.map(|order| {
                let own = order.fee_ids.iter().flat_map(|id| lines(id.as_str()));
                let mut own: Vec<usize> = own.copied().collect();
                own.sort_unstable();
                own.dedup();
                own
            });
            own.filter(|own| !own.is_empty())
        }
        MoneyRow::Txn(_) => None,
    };
    paid(books, stake.dossier, stake.money, only)
}
