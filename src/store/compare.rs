//! The same id delivered again: the same, a later word of the provider, or a contradiction. Pure.

use super::exec::clean;
use crate::domain::{Txn, TxnStatus};

/// What a row delivered again means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// Nothing new, or an older word than ours.
    Same,
    /// The provider's later word: write it over the stored row.
    Update,
    /// Other content under the same id: both are kept for a person.
    Conflict,
}

/// Compares a row with the stored one of the same id.
///
/// While a row is not final, the provider may fill in anything but amount and kind. A final row may
/// only be withdrawn (`void`). A word that is older than ours (`pending` after `success`) is no
/// news. Everything else that differs is a contradiction.
pub(super) fn again(stored: &Txn, new: &Txn) -> Again {
    if stored == new {
        return Again::Same;
    }
    if stored.amount != new.amount || stored.kind != new.kind {
        return Again::Conflict;
    }
    let open = |status| matches!(status, TxnStatus::Pending | TxnStatus::Unmapped);
    if open(stored.status) {
        return Again::Update;
    }
    if open(new.status) {
        return Again::Same;
    }
    let rest_agrees = *stored
        == Txn {
            status: stored.status,
            ..new.clone()
        };
    let withdrawn = new.status == TxnStatus::Void;
    match (rest_agrees, stored.status == new.status, withdrawn) {
        (true, false, true) => Again::Update,
        _ => Again::Conflict,
    }
}

/// The row without U+0000, as the database holds it.
pub(super) fn scrubbed(txn: &Txn) -> Txn {
    let boxed = |text: &str| -> Box<str> { clean(text).into() };
    let option = |text: &Option<Box<str>>| text.as_deref().map(boxed);
    Txn {
        id: clean(&txn.id).into(),
        order_ref: option(&txn.order_ref),
        memo: boxed(&txn.memo),
        payer: boxed(&txn.payer),
        account: option(&txn.account),
        bank_ref: option(&txn.bank_ref),
        ..txn.clone()
    }
}

/// A version for a person: the fields that can contradict each other.
pub(super) fn says(txn: &Txn) -> String {
    let or_dash = |text: &Option<Box<str>>| text.as_deref().unwrap_or("-").to_owned();
    format!(
        "{} {} {}, fee {}, net {}, {}, ref {}, bank ref {}, account {}, \"{}\"",
        txn.kind.id(),
        txn.status.id(),
        txn.amount,
        txn.fee,
        txn.net,
        txn.paid_at.text(),
        or_dash(&txn.order_ref),
        or_dash(&txn.bank_ref),
        or_dash(&txn.account),
        txn.memo
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, Instrument, Moment, SourceName, TxnKind, Vnd};

    fn txn(status: TxnStatus, amount: i64, memo: &str) -> Txn {
        Txn {
            source: SourceName::new("sepay-main"),
            id: "1".into(),
            order_ref: None,
            memo: memo.into(),
            amount: Vnd::new(amount),
            fee: Vnd::ZERO,
            net: Vnd::new(amount),
            paid_at: Moment::parse("2022-12-05T10:00:00").unwrap(),
            paid_on: Day::parse("2022-12-05").unwrap(),
            business_date: Day::parse("2022-12-05").unwrap(),
            status,
            kind: TxnKind::Payment,
            payer: "NGUYEN VAN A".into(),
            account: None,
            bank_ref: None,
            instrument: Instrument::Transfer,
        }
    }

    #[test]
    fn a_row_delivered_again() {
        use TxnStatus::{Failed, Pending, Success, Unmapped, Void};
        let check = |old: TxnStatus, new: TxnStatus, amount: i64, memo: &str, expected: Again| {
            let found = again(&txn(old, 50_000, "m"), &txn(new, amount, memo));
            assert_eq!(found, expected, "{old:?} -> {new:?} {amount} {memo}");
        };
        check(Success, Success, 50_000, "m", Again::Same);
        check(Pending, Success, 50_000, "m", Again::Update);
        check(Pending, Success, 50_000, "filled in", Again::Update);
        check(Unmapped, Failed, 50_000, "m", Again::Update);
        check(Success, Void, 50_000, "m", Again::Update);
        check(Success, Pending, 50_000, "m", Again::Same);
        check(Pending, Success, 50_001, "m", Again::Conflict);
        check(Success, Success, 50_001, "m", Again::Conflict);
        check(Success, Success, 50_000, "other", Again::Conflict);
        check(Success, Void, 50_000, "other", Again::Conflict);
        check(Success, Failed, 50_000, "m", Again::Conflict);
        check(Void, Success, 50_000, "m", Again::Conflict);
    }
}
