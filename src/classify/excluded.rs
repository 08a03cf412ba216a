//! Rows left out with a reason: they are no payment, or not a payment of their own.

use crate::domain::{FeeStatus, Text};
use crate::matching::Evidence;
use crate::matching::desk::Standing;

use super::case::{FeeCase, MoneyCase};
use super::class::{Class, Seen, Severity, no_fee};

/// A failed attempt.
pub(super) const FAILED: Class = Class {
    id: "failed",
    label: Text {
        vi: "Giao dịch không thành công",
        en: "Failed attempt",
    },
    explanation: Text {
        vi: "Nhà cung cấp báo giao dịch không thành công; không có tiền nào chuyển.",
        en: "The provider says that the attempt failed; no money moved.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: no_fee,
    on_money: |case| case.out("failed"),
};

/// Withdrawn by the provider, a cancelled receipt, a cancelled fee without money.
pub(super) const VOID: Class = Class {
    id: "void",
    label: Text {
        vi: "Đã hủy",
        en: "Void",
    },
    explanation: Text {
        vi: "Giao dịch, biên lai hoặc khoản thu đã bị hủy hay thay thế.",
        en: "The transaction, receipt or fee was cancelled or replaced.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: void_fee,
    on_money: |case| case.out("void"),
};

fn void_fee(case: &FeeCase) -> Seen {
    let void = case.fee.status == FeeStatus::Cancelled && !case.has_money();
    void.then(|| vec![Evidence::RegistrySays(case.fee.status.id())])
}

/// Not a fee at all.
pub(super) const NOT_FEE: Class = Class {
    id: "not_fee",
    label: Text {
        vi: "Không phải khoản thu phí, lệ phí",
        en: "Not a fee",
    },
    explanation: Text {
        vi: "Tiền ra không ghi mã hồ sơ, hoặc cán bộ đã xác định không phải phí, lệ phí.",
        en: "Money going out that names no dossier, or a person said it is no fee.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: no_fee,
    on_money: |case| case.out("not_fee"),
};

/// The same payment seen through a second source.
pub(super) const SIGHTING: Class = Class {
    id: "sighting",
    label: Text {
        vi: "Cùng một giao dịch, thấy ở nguồn thứ hai",
        en: "Same payment, second source",
    },
    explanation: Text {
        vi: "Khoản này đã được ghi ở nguồn khác; chỉ tính một lần.",
        en: "The payment stands in another source already; it counts once.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: no_fee,
    on_money: sighting,
};

fn sighting(case: &MoneyCase) -> Seen {
    match case.standing {
        Standing::Sighting(_, why) => Some(vec![Evidence::clone(why)]),
        _ => None,
    }
}

/// A gateway's batched net line in the bank.
pub(super) const BATCH_SETTLEMENT: Class = Class {
    id: "batch_settlement",
    label: Text {
        vi: "Dòng quyết toán gộp của cổng thanh toán",
        en: "Batched settlement line",
    },
    explanation: Text {
        vi: "Dòng ngân hàng bằng đúng tổng sau phí các giao dịch một ngày, hoặc các ngày \
             liền nhau, của một cổng thanh toán.",
        en: "The bank line equals the net sum of a gateway's day, or of its days behind \
             each other.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: no_fee,
    on_money: |case| case.out("batch_settlement"),
};

/// Counter cash banked later by the office.
pub(super) const CASH_DEPOSIT: Class = Class {
    id: "cash_deposit",
    label: Text {
        vi: "Tiền mặt đã thu, nộp vào tài khoản",
        en: "Collected cash, banked later",
    },
    explanation: Text {
        vi: "Dòng ngân hàng bằng đúng tổng biên lai tiền mặt của một cơ quan trong một ngày.",
        en: "The bank line equals the cash receipts of one agency and day.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: no_fee,
    on_money: |case| case.out("cash_deposit"),
};
