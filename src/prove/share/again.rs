//! Payments that come again: which of them is certainly a repeat of the one it names.

use super::super::books::{Books, Money, Stake};
use super::super::memo::person;
use crate::matching::Evidence;

/// A repeat is certain with the same order, or the same payer and amount; of two receipts, with the
/// same amount.
pub(super) fn certain(books: &Books, money: &Money, stake: &Stake) -> Option<bool> {
    let Evidence::Repeats(id) = &stake.first.why else {
        return None;
    };
    let mut first = paid_beside(books, stake, id);
    first.retain(|other| other.key != money.key);
    let [first] = first[..] else {
        return None;
    };
    Some(match (money.txn(), first.txn()) {
        (Some(again), Some(first)) => {
            let order = again.order_ref.is_some() && again.order_ref == first.order_ref;
            let payer = person(&again.payer);
            let same = !again.payer.is_empty() && payer == person(&first.payer);
            (order && again.source == first.source) || (same && again.amount == first.amount)
        }
        (None, None) => money.amount() == first.amount(),
        _ => false,
    })
}

/// The rows with this id among the stakes of the same dossier, from whichever list is shorter: one
/// dossier may have been paid very often, and one payment may be for very many.
pub(super) fn paid_beside<'b, 'a>(
    books: &'b Books<'a>,
    stake: &Stake,
    id: &str,
) -> Vec<&'b Money<'a>> {
    let here = &*books.dossiers[stake.dossier].stakes;
    let of_id = books.by_id.get(id).into_iter().flatten();
    // the list by id is of transactions alone
    let of_id = of_id.copied().chain(books.receipt_at(id));
    let theirs: Vec<&[usize]> = of_id.map(|at| &*books.money[at].stakes).collect();
    let shorter = theirs.iter().map(|list| list.len()).sum::<usize>() < here.len();
    let lists = if shorter { theirs } else { vec![here] };
    let stakes = lists.into_iter().flatten().map(|at| &books.stakes[*at]);
    let stakes = stakes.filter(|other| other.dossier == stake.dossier);
    let beside = stakes.map(|other| &books.money[other.money]);
    beside.filter(|other| *other.key.id == *id).collect()
}
