//! PURE: the words of a settlement file: the state of the money, and what a row does.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::heading::Role;
use super::open::Table;
use super::{Statement, Sum, TableRow, each_entry};
use crate::domain::fold::fold_name;
use crate::domain::{TxnKind, TxnStatus};
use crate::format::FormatError;
use crate::source::Mapping;

/// Words of states, folded, beside the configured ones.
const STATES: &[(&str, TxnStatus, &[&str])] = &[
    (
        "success",
        TxnStatus::Success,
        &[
            "THANH CONG",
            "DA THANH TOAN",
            "HOAN THANH",
            "SUCCESS",
            "SUCCESSFUL",
            "SUCCEEDED",
            "PAID",
            "COMPLETED",
            "SETTLED",
            "DA HACH TOAN",
            "DA GHI SO",
            "BOOKED",
            "POSTED",
            "00",
            "0",
        ],
    ),
    (
        "failed",
        TxnStatus::Failed,
        &[
            "THAT BAI",
            "KHONG THANH CONG",
            "LOI",
            "FAILED",
            "FAIL",
            "FAILURE",
            "ERROR",
            "DECLINED",
        ],
    ),
    (
        "pending",
        TxnStatus::Pending,
        &[
            "DANG XU LY",
            "CHO XU LY",
            "CHO THANH TOAN",
            "PENDING",
            "PROCESSING",
        ],
    ),
    (
        "void",
        TxnStatus::Void,
        &["HUY", "DA HUY", "VOID", "VOIDED", "CANCELLED", "CANCELED"],
    ),
];

/// Words of kinds, folded, beside the configured ones.
const KINDS: &[(&str, TxnKind, &[&str])] = &[
    (
        "payment",
        TxnKind::Payment,
        &[
            "THANH TOAN",
            "THU",
            "GIAO DICH THANH TOAN",
            "PAYMENT",
            "PAY",
            "SALE",
            "PURCHASE",
        ],
    ),
    (
        "refund",
        TxnKind::Refund,
        &[
            "HOAN TIEN",
            "HOAN TRA",
            "DA HOAN TIEN",
            "HOAN MOT PHAN",
            "REFUND",
            "REFUNDED",
            "PARTIAL REFUND",
        ],
    ),
    (
        "reversal",
        TxnKind::Reversal,
        &[
            "DAO",
            "DAO GIAO DICH",
            "HUY GIAO DICH",
            "REVERSAL",
            "REVERSED",
        ],
    ),
];

/// So many unknown words of a file are told.
const UNKNOWN_MAX: usize = 20;

/// What the words of a settlement file tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Rows of money that went back, which stand among the money in.
    pub back: Sum,
    /// Words of the columns of states and of kinds that nobody knows, with their rows.
    pub unknown: [BTreeMap<String, u64>; 2],
}

/// What the words tell, statement by statement.
///
/// # Errors
/// A text that cannot be read to its end.
pub fn words_of(
    table: &Table,
    statements: &[Statement],
    mapping: &Mapping,
) -> Result<Vec<Words>, FormatError> {
    let mut all = vec![Words::default(); statements.len()];
    each_entry(table, statements, |at, _, row| {
        let (Some(statement), Some(words)) = (statements.get(at), all.get_mut(at)) else {
            return;
        };
        let TableRow::Entry(amount, _) = statement.row(row) else {
            return;
        };
        let cell = |role| statement.header.cell(row, role).trim();
        let (state, kind) = (cell(Role::Status), cell(Role::Kind));
        let known = [
            state.is_empty() || status_of(Some(state), mapping) != TxnStatus::Unmapped,
            kind.is_empty() || word(KINDS, kind, mapping).is_some(),
        ];
        for ((text, known), unknown) in [state, kind].iter().zip(known).zip(&mut words.unknown) {
            if !known && (unknown.len() < UNKNOWN_MAX || unknown.contains_key(*text)) {
                *unknown.entry((*text).to_owned()).or_default() += 1;
            }
        }
        let back = kind_of(kind, state, mapping).is_some_and(|kind| kind != TxnKind::Payment);
        if back && amount > Decimal::ZERO {
            words.back.add(amount);
        }
    })?;
    Ok(all)
}

fn word<T: Copy>(known: &[(&str, T, &[&str])], text: &str, mapping: &Mapping) -> Option<T> {
    let folded = fold_name(text);
    let configured = |key: &str| mapping.words(key).iter().any(|w| fold_name(w) == folded);
    let own = known.iter().find(|(key, ..)| configured(key));
    let usual = || known.iter().find(|(_, _, words)| words.contains(&&*folded));
    own.or_else(usual).map(|(_, value, _)| *value)
}

/// The state of the money: where no column tells one it moved; an empty cell and a word that nobody
/// configured are for a person.
pub(super) fn status_of(text: Option<&str>, mapping: &Mapping) -> TxnStatus {
    let Some(text) = text else {
        return TxnStatus::Success;
    };
    let is_refund = word(KINDS, text, mapping) == Some(TxnKind::Refund);
    let known = word(STATES, text, mapping);
    known.unwrap_or(if is_refund {
        TxnStatus::Success
    } else {
        TxnStatus::Unmapped
    })
}

/// What a row does by its words: its kind, or the state that says that it went back. None for a
/// word that is not known.
pub(super) fn kind_of(kind: &str, status: &str, mapping: &Mapping) -> Option<TxnKind> {
    let by_status = word(KINDS, status, mapping).filter(|kind| *kind == TxnKind::Refund);
    if kind.trim().is_empty() {
        return Some(by_status.unwrap_or(TxnKind::Payment));
    }
    word(KINDS, kind, mapping)
}

/// The state of a row whose column of kinds tells nothing: it may be a refund, so it is for a
/// person as one without a state is. Other words that say what it does, and money that did not
/// move, are not asked for a kind. None as `kind`: there is no such column.
pub(super) fn status_by_kind(
    kind: Option<&str>,
    (status, told): (TxnStatus, &str),
    mapping: &Mapping,
) -> TxnStatus {
    let untold = kind.is_some_and(|kind| kind.trim().is_empty());
    let refunded = word(KINDS, told, mapping) == Some(TxnKind::Refund);
    if untold && !refunded && status == TxnStatus::Success {
        return TxnStatus::Unmapped;
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_kind_is_for_a_person() {
        let mapping = Mapping::default();
        let status = |kind: Option<&str>, told: &str| {
            let status = status_of(Some(told), &mapping);
            status_by_kind(kind, (status, told), &mapping).id()
        };
        assert_eq!(status(None, "Thành công"), "success");
        assert_eq!(status(Some("Thanh toán"), "Thành công"), "success");
        assert_eq!(status(Some(""), "Thành công"), "unmapped");
        assert_eq!(status(Some(" "), "Thành công"), "unmapped");
        assert_eq!(status(Some(""), "Đã hoàn tiền"), "success");
        assert_eq!(status(Some(""), "Thất bại"), "failed");
    }

    #[test]
    fn words_are_known_or_configured() {
        let table = [("success".to_owned(), "Da chi; OK".to_owned())].into();
        let mapping = Mapping::parse(&table).unwrap();
        let status = |text: &str| status_of(Some(text), &mapping).id();
        assert_eq!(status("Thành công"), "success");
        assert_eq!(status("ĐÃ CHI"), "success");
        assert_eq!(status(""), "unmapped");
        assert_eq!(status(" "), "unmapped");
        assert_eq!(status_of(None, &mapping).id(), "success");
        assert_eq!(status("Đã hạch toán"), "success");
        assert_eq!(status("Thất bại"), "failed");
        assert_eq!(status("Hoàn tiền"), "success");
        assert_eq!(status("77"), "unmapped");
        let kind = |kind: &str, status: &str| kind_of(kind, status, &mapping).map(TxnKind::id);
        assert_eq!(kind("", ""), Some("payment"));
        assert_eq!(kind("", "Refunded"), Some("refund"));
        assert_eq!(kind("Hoàn tiền", ""), Some("refund"));
        assert_eq!(kind("?", ""), None);
    }
}
