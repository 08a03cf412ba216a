//! PURE: what in a message is no amount in dong. The nights refuse such a row, so whoever looks at
//! the file beforehand is told of it, by the same judgement.

use rust_decimal::Decimal;

use super::{Misread, amount};
use crate::domain::RejectCode;
use crate::domain::vnd::has_three_decimals;
use crate::format::message::{Entry, Part, Piece};
use crate::normalise::amount as dong;
use crate::normalise::cells::Fault;
use crate::normalise::statement::amount::text;
use crate::normalise::txn::is_dong;
use crate::source::AmountForm;

/// A balance or a sum of entries that is no amount. `currency` is that of the statement; a balance
/// that tells one has its own.
pub fn unread(piece: &Piece, currency: &str) -> Option<Misread> {
    let (line, field, told, currency) = match piece {
        Piece::Balance(of) if of.currency.is_empty() => (of.line, of.field, &of.amount, currency),
        Piece::Balance(of) => (of.line, of.field, &of.amount, &*of.currency),
        // how many there are may be told alone
        Piece::Sums(sums) if !sums.sum.is_empty() => (sums.line, "Sum", &sums.sum, currency),
        _ => return None,
    };
    let told = told.trim();
    let code = match amount(told) {
        None if told.is_empty() => RejectCode::MissingValue,
        None => RejectCode::BadAmount,
        Some(_) if is_dong(currency) && may_be_thousands(told) => RejectCode::ThreeDecimals,
        Some(_) => return None,
    };
    let which = match piece {
        Piece::Balance(balance) => &*balance.code,
        _ => "",
    };
    let told = format!("{which} {told}");
    Some((line, field, Fault::new("", told.trim(), code)))
}

/// The text of an amount as records have it: with a point, without zeros behind it. What may be
/// thousands, and what is no amount, stays as it stands.
pub fn plain(told: &str) -> String {
    match amount(told) {
        Some(_) if may_be_thousands(told) => told.replace(',', "."),
        Some(plain) => text(plain),
        None => told.to_owned(),
    }
}

fn may_be_thousands(told: &str) -> bool {
    has_three_decimals(&told.replace(',', "."), '.')
}

/// The transactions of an entry that can stand for it: all of them told, and their sum is its own.
pub fn split(entry: &Entry) -> &[Part] {
    let told = u64::try_from(entry.parts.len()).is_ok_and(|n| n == entry.details);
    let sum = entry
        .parts
        .iter()
        .map(|part| amount(&part.amount))
        .try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part?));
    let whole = entry.parts.len() > 1 && told && sum == amount(&entry.amount);
    if whole { &entry.parts } else { &[] }
}

/// What a night refuses of an entry in dong: its amount, or those of the transactions that stand
/// for it. `currency` is that of the statement.
pub(super) fn refused(entry: &Entry, currency: &str) -> Vec<Fault> {
    let own = Some(&*entry.currency).filter(|own| !own.is_empty());
    if !is_dong(own.unwrap_or(currency)) {
        return Vec::new();
    }
    let parts = split(entry).iter().map(|part| &*part.amount);
    let parts: Vec<&str> = parts.collect();
    let amounts = if parts.is_empty() {
        vec![&*entry.amount]
    } else {
        parts
    };
    let fault = |told: &str| {
        let code = dong::read(&plain(told), AmountForm::Decimal).err()?;
        Some(Fault::new("amount", told, code))
    };
    amounts.into_iter().filter_map(fault).collect()
}
