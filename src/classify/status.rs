//! What the registry says against what was seen.

use crate::domain::{FeeStatus, OrderStatus, Text};
use crate::matching::Evidence;

use super::case::FeeCase;
use super::class::{Class, Seen, Severity, no_money};

/// The registry's word and the money disagree.
pub(super) const STATUS_MISMATCH: Class = Class {
    id: "status_mismatch",
    label: Text {
        vi: "Lệch trạng thái",
        en: "Status mismatch",
    },
    explanation: Text {
        vi: "Trạng thái trên hệ thống một cửa (hoặc của nhà cung cấp) không phù hợp với tiền đã thấy.",
        en: "The registry's (or the provider's) status does not agree with the money seen.",
    },
    advice: Text {
        vi: "Kiểm tra và cập nhật trạng thái khoản thu trên hệ thống một cửa.",
        en: "Check the fee and correct its status in the one-stop system.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: status_mismatch,
    on_money: |case| case.out("status_mismatch"),
};

fn status_mismatch(case: &FeeCase) -> Seen {
    let status = case.fee.status;
    let said = || Some(vec![Evidence::RegistrySays(status.id())]);
    if let Some(line) = case.line.filter(|line| line.is_full()) {
        let denies = matches!(
            status,
            FeeStatus::Unpaid | FeeStatus::Pending | FeeStatus::Cancelled
        );
        let no_refund = status == FeeStatus::Refunded && !line.touched_by_refund;
        return if denies || no_refund { said() } else { None };
    }
    if case.has_money() {
        return None;
    }
    if status == FeeStatus::Refunded {
        return said();
    }
    let mut orders = case.pool.orders_for(case.fee);
    let paid = orders.any(|o| o.status == OrderStatus::Paid);
    let denies = matches!(status, FeeStatus::Unpaid | FeeStatus::Pending);
    if denies && paid { said() } else { None }
}

/// The registry says paid; no money was seen.
pub(super) const MISSING_PAYMENT: Class = Class {
    id: "missing_payment",
    label: Text {
        vi: "Thiếu phía nhà cung cấp (hệ thống ghi đã thu, chưa thấy tiền)",
        en: "Only in the one-stop system",
    },
    explanation: Text {
        vi: "Hệ thống một cửa ghi đã thu không dùng tiền mặt, nhưng không nguồn nào có giao dịch.",
        en: "The registry says paid without cash, but no source has the money.",
    },
    advice: Text {
        vi: "Hỏi người nộp mã giao dịch và tra soát với nhà cung cấp; xem các dòng chưa xác định cùng số tiền.",
        en: "Ask the payer for the transaction id and the provider for it; look at open rows of this amount.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: |case| {
        let missing = case.said_paid() && !case.fee.declared_method.is_cash() && !case.has_money();
        let id = |txn| case.pool.txn(txn).id.as_ref().into();
        let in_vain = case.in_vain.map(|txn| Evidence::NamedInVain(id(txn)));
        missing.then(|| vec![in_vain.unwrap_or(Evidence::NoMoney)])
    },
    on_money: no_money,
};

/// Not paid, by the registry's word too.
pub(super) const UNPAID: Class = Class {
    id: "unpaid",
    label: Text {
        vi: "Chưa nộp",
        en: "Unpaid",
    },
    explanation: Text {
        vi: "Khoản thu chưa được nộp và không thấy tiền.",
        en: "The fee has not been paid and no money was seen.",
    },
    advice: Text {
        vi: "Nhắc người nộp nếu đã quá hạn.",
        en: "Remind the payer once it is overdue.",
    },
    severity: Severity::Info,
    carried: true,
    on_fee: |case| {
        let open = !case.said_paid() && !case.has_money();
        let short_only = case.line.is_none_or(|line| line.paid == 0);
        (open && short_only).then(|| vec![Evidence::RegistrySays(case.fee.status.id())])
    },
    on_money: no_money,
};
