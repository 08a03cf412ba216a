//! Which dossiers an open payment names, read from its own text once more.

use std::collections::BTreeSet;

use super::super::super::books::{Books, Money, class};
use super::super::super::memo::{one_slip, person, squeezed};
use crate::classify::Classified;
use crate::domain::{DossierCode, PaymentOrder, Txn};
use crate::matching::Evidence;

/// Classes of payments whose text names no dossier that exists.
const NAMELESS: [&str; 4] = ["unidentified", "orphan", "foreign", "near_reference"];

/// What a text says.
pub(in crate::prove::share) struct Named {
    /// The dossiers that it may mean.
    pub(in crate::prove::share) dossiers: BTreeSet<usize>,
    /// It names an order of certain lines: it is no payment of whatever is open.
    pub(in crate::prove::share) of_lines: bool,
}

/// Reads an open payment. A row that is called ambiguous may also mean its rivals: those that the
/// row tells, and every dossier one slip away without any money that has this amount and payer.
pub(in crate::prove::share) fn named(books: &Books, money: &Money, row: &Classified) -> Named {
    let mut named = Named {
        dossiers: BTreeSet::new(),
        of_lines: false,
    };
    let Some(txn) = money.txn().filter(|_| !NAMELESS.contains(&class(row))) else {
        return named;
    };
    let order = order(books, txn);
    let paid = order.and_then(|order| books.dossier_at(order.dossier_code.as_str()));
    if let (Some(order), Some(paid)) = (order, paid) {
        named.of_lines = !order.fee_ids.is_empty();
        named.dossiers.insert(paid);
        return named;
    }
    if let Some(paid) = referred(books, txn) {
        named.dossiers.insert(paid);
        return named;
    }
    let found = books.codes.within(&squeezed(&txn.memo));
    named
        .dossiers
        .extend(found.iter().map(|found| found.dossier));
    if class(row) == "ambiguous" {
        rivals(books, txn, row, &mut named.dossiers);
    }
    named
}

/// The order that the reference names: of its source, else of a source of that kind.
pub(in crate::prove::share) fn order<'a>(books: &Books<'a>, txn: &Txn) -> Option<&'a PaymentOrder> {
    let orders = books.orders.get(txn.order_ref.as_deref()?)?;
    let facts = books.inputs.sources.iter();
    let mut facts = facts.filter(|facts| facts.name == txn.source);
    let kind = facts.next().map_or("", |facts| &*facts.kind);
    let of = |name: &str| {
        orders
            .iter()
            .copied()
            .find(|order| &*order.provider == name)
    };
    let only = || match orders.as_slice() {
        [only] if kind.is_empty() => Some(*only),
        _ => None,
    };
    of(txn.source.as_str()).or_else(|| of(kind)).or_else(only)
}

/// A payment's own reference tells its dossier.
pub(in crate::prove::share) fn by_reference(books: &Books, txn: &Txn) -> bool {
    let of = order(books, txn).map(|order| order.dossier_code.as_str());
    of.is_some_and(|code| books.dossier_at(code).is_some()) || referred(books, txn).is_some()
}

/// The dossier whose code the reference is.
fn referred(books: &Books, txn: &Txn) -> Option<usize> {
    let text = txn.order_ref.as_deref()?.trim();
    let code = |dossier: usize| books.dossiers[dossier].code.as_str();
    let whole = books.codes.whole(text);
    if let Some(own) = whole.filter(|own| code(*own).eq_ignore_ascii_case(text)) {
        return Some(own);
    }
    let written = books.codes.within(&squeezed(text));
    let mut written = written.iter().map(|found| found.dossier);
    let same = written.find(|dossier| code(*dossier).eq_ignore_ascii_case(text));
    let read = || DossierCode::parse(text).ok();
    same.or_else(|| books.dossier_at(read()?.as_str()))
}

fn rivals(books: &Books, txn: &Txn, row: &Classified, named: &mut BTreeSet<usize>) {
    for why in &row.evidence {
        if let Evidence::Rival(code) | Evidence::RivalOfAmount(code) = why {
            named.extend(books.dossier_at(code.as_str()));
        }
    }
    let [only] = named.iter().copied().collect::<Vec<_>>()[..] else {
        return;
    };
    let meant = squeezed(books.dossiers[only].code.as_str());
    let payer = person(&txn.payer);
    if payer == books.payers[only] && !payer.is_empty() {
        return;
    }
    let near = books.codes.near(&meant);
    // nothing was ever put to its credit
    let lacks = |d: usize| {
        let of = &books.dossiers[d];
        of.payable && of.stakes.is_empty() && of.set.is_none() && !of.went_back
    };
    let rival = |d: &usize| {
        let slip = one_slip(&meant, &squeezed(books.dossiers[*d].code.as_str()));
        let same = payer.is_empty() || payer == books.payers[*d];
        *d != only && slip && same && lacks(*d) && books.fits(txn, *d)
    };
    named.extend(near.into_iter().filter(rival));
}
