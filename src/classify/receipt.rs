//! Receipts, and the declared means of payment against the real one.

use crate::domain::{FeeStatus, Text, Vnd};
use crate::matching::Evidence;

use super::case::{FeeCase, MoneyCase, instrument, method_differs};
use super::class::{Class, Seen, Severity, no_money};

/// A receipt over another amount than its fee, or for a fee that is not there.
pub(super) const RECEIPT_MISMATCH: Class = Class {
    id: "receipt_mismatch",
    label: Text {
        vi: "Lệch biên lai",
        en: "Receipt mismatch",
    },
    explanation: Text {
        vi: "Biên lai ghi số tiền khác số phải thu, hoặc ghi khoản thu không có.",
        en: "The receipt's amount differs from the fee, or its fee does not exist.",
    },
    advice: Text {
        vi: "Đối chiếu cuống biên lai với thu ngân; hủy hoặc thay thế biên lai sai.",
        en: "Check the stub with the cashier; cancel or replace the wrong receipt.",
    },
    severity: Severity::Action,
    carried: false,
    on_fee: |case| {
        let line = case.line?;
        let entry = &case.ledger.entries[line.receipt_differs?];
        differs(line.due, entry.line_got)
    },
    on_money: |case| {
        let differing = case.ledger_entries().find_map(|(ledger, entry)| {
            let lines = entry
                .credit
                .lines
                .as_ref()
                .filter(|_| entry.receipt_differs)?;
            let place = lines.iter().filter_map(|fee| ledger.place(*fee)).min();
            let line = &ledger.lines[place?];
            differs(line.due, entry.line_got)
        });
        differing.or_else(|| case.out("receipt_mismatch"))
    },
};

/// What the line owes, and what it had got with the receipt.
fn differs(due: i128, paid: i128) -> Seen {
    let (due, paid) = (Vnd::from_wide(due).ok()?, Vnd::from_wide(paid).ok()?);
    Some(vec![Evidence::AmountDiffers(due, paid)])
}

/// Declared cash, money cashless, or the reverse.
pub(super) const METHOD_MISMATCH: Class = Class {
    id: "method_mismatch",
    label: Text {
        vi: "Lệch hình thức thanh toán",
        en: "Method mismatch",
    },
    explanation: Text {
        vi: "Hệ thống một cửa ghi một hình thức, tiền đến bằng hình thức khác (tiền mặt hay không).",
        en: "The registry declares one means, the money came by another (cash or not).",
    },
    advice: Text {
        vi: "Sửa hình thức thanh toán trên hệ thống một cửa; tỷ lệ tính theo thực tế.",
        en: "Correct the means in the registry; the share follows the money.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: method_mismatch,
    on_money: no_money,
};

fn method_mismatch(case: &FeeCase) -> Seen {
    let declared = case.fee.declared_method;
    let real = case
        .settled_by()
        .map(|entry| instrument(case.pool, entry.credit.money));
    let other = real
        .into_iter()
        .find(|real| method_differs(declared, *real))?;
    Some(vec![Evidence::Declared(declared.id(), other.id())])
}

/// Declared cash or post, paid, no valid receipt.
pub(super) const MISSING_RECEIPT: Class = Class {
    id: "missing_receipt",
    label: Text {
        vi: "Thu tiền mặt chưa có biên lai hợp lệ",
        en: "Cash without a valid receipt",
    },
    explanation: Text {
        vi: "Hệ thống một cửa ghi đã thu tiền mặt, nhưng không có biên lai hợp lệ.",
        en: "The registry says that cash was taken, but there is no valid receipt.",
    },
    advice: Text {
        vi: "Yêu cầu thu ngân xuất biên lai hoặc nộp lại tiền.",
        en: "Have the cashier write the receipt or hand in the money.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: |case| {
        let cash = case.fee.declared_method.is_cash();
        let missing = cash && case.said_paid() && !case.has_money();
        missing.then(|| vec![Evidence::NoReceipt])
    },
    on_money: no_money,
};

/// Paid without cash, and no e-receipt.
pub(super) const NO_E_RECEIPT: Class = Class {
    id: "no_e_receipt",
    label: Text {
        vi: "Chưa xuất biên lai điện tử",
        en: "No e-receipt",
    },
    explanation: Text {
        vi: "Khoản thu đã được nộp không dùng tiền mặt nhưng chưa có số biên lai điện tử.",
        en: "The fee was paid without cash but has no e-receipt number.",
    },
    advice: Text {
        vi: "Xuất biên lai điện tử cho khoản thu này.",
        en: "Issue the e-receipt.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: |case| {
        let line = case.line.filter(|line| line.is_full() && line.kept() > 0)?;
        let cashless = line.cashless == line.paid && case.fee.status == FeeStatus::Paid;
        let none = case
            .fee
            .more
            .receipt_no
            .as_deref()
            .is_none_or(str::is_empty);
        (case.pool.rules.e_receipts && cashless && none).then(|| vec![Evidence::NoReceipt])
    },
    on_money: |_: &MoneyCase| None,
};
