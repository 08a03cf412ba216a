//! Days: late, counted on another day, not due yet, not known yet.

use crate::domain::{CollectionMode, Day, FeeStatus, SourceFacts, Text};
use crate::matching::Evidence;
use crate::matching::desk::Money;
use crate::matching::ledger::{Entry, Ledger, Line};
use crate::matching::pool::Pool;

use super::case::{FeeCase, MoneyCase};
use super::class::{Class, Seen, Severity, no_money};

/// Completed on a day after the due day.
pub(super) const LATE: Class = Class {
    id: "late",
    label: Text {
        vi: "Nộp muộn so với hạn",
        en: "Paid late",
    },
    explanation: Text {
        vi: "Lần nộp làm đủ khoản thu rơi vào ngày sau hạn nộp.",
        en: "The payment that completes the fee came on a day after the due day.",
    },
    advice: Text {
        vi: "Chỉ để biết; vẫn tính vào tỷ lệ.",
        en: "For information; it counts.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: |case| late(case.pool, case.ledger, case.line?),
    on_money: |case| {
        let pool = case.pool;
        case.lines().find_map(|(ledger, line)| {
            let entry = completing(ledger, line)?;
            (entry.credit.money == case.money)
                .then(|| late(pool, ledger, line))
                .flatten()
        })
    },
};

fn completing<'l>(ledger: &'l Ledger, line: &Line) -> Option<&'l Entry> {
    line.completed_by.map(|e| &ledger.entries[e])
}

fn late(pool: &Pool, ledger: &Ledger, line: &Line) -> Seen {
    let paid = completing(ledger, line)?.credit.money.day(pool);
    let due = pool.fee(line.fee).due_at.as_ref()?.day();
    (paid > due).then(|| vec![Evidence::PaidAfterDue(due, paid)])
}

/// Both sides seen, on different days.
pub(super) const CUTOFF: Class = Class {
    id: "cutoff",
    label: Text {
        vi: "Lệch ngày, lệch kỳ",
        en: "Cut-off difference",
    },
    explanation: Text {
        vi: "Hệ thống một cửa ghi ngày nộp khác ngày hạch toán của nguồn tiền.",
        en: "The registry's day of payment differs from the source's accounting day.",
    },
    advice: Text {
        vi: "Chỉ để biết; treo sang kỳ sau khi đối chiếu theo ngày.",
        en: "For information; carried over in a day-by-day comparison.",
    },
    severity: Severity::Info,
    carried: false,
    on_fee: |case| {
        let line = case.line.filter(|line| line.is_full())?;
        cutoff(case.pool, case.ledger, line)
    },
    on_money: |case| {
        let pool = case.pool;
        case.lines().find_map(|(ledger, line)| {
            let entry = completing(ledger, line)?;
            (entry.credit.money == case.money)
                .then(|| cutoff(pool, ledger, line))
                .flatten()
        })
    },
};

fn cutoff(pool: &Pool, ledger: &Ledger, line: &Line) -> Seen {
    let Money::Txn(txn) = completing(ledger, line)?.credit.money else {
        return None;
    };
    let said = pool.fee(line.fee).more.paid_at.as_ref()?.day();
    let booked = pool.txn(txn).business_date;
    (said != booked).then(|| vec![Evidence::DaysDiffer(said, booked)])
}

/// Collected with the result, which is not due yet.
pub(super) const NOT_DUE: Class = Class {
    id: "not_due",
    label: Text {
        vi: "Chưa đến hạn thu (thu sau)",
        en: "Not yet due",
    },
    explanation: Text {
        vi: "Khoản thu sau, chưa tới ngày thu hoặc chưa có số tiền.",
        en: "Collected afterwards; its day or its amount has not come yet.",
    },
    advice: Text {
        vi: "Không cần làm gì.",
        en: "Nothing to do.",
    },
    severity: Severity::Info,
    carried: true,
    on_fee: not_due,
    on_money: no_money,
};

/// True while a fee of collection mode "after" waits for its day.
pub(super) fn waits(case: &FeeCase) -> bool {
    let after = case.fee.more.collection_mode == Some(CollectionMode::After);
    let open = matches!(case.fee.status, FeeStatus::Unpaid | FeeStatus::Pending);
    let due = case.fee.due_at.as_ref().map(crate::domain::Moment::day);
    let before = |due: Option<Day>| match (due, case.tonight()) {
        (Some(due), Some(tonight)) => tonight <= due,
        (None, _) => true,
        (Some(_), None) => false,
    };
    after && open && !case.has_money() && (case.fee.amount.is_zero() || before(due))
}

fn not_due(case: &FeeCase) -> Seen {
    waits(case).then(|| vec![Evidence::RegistrySays(case.fee.status.id())])
}

/// The answer is still to come.
pub(super) const PENDING: Class = Class {
    id: "pending",
    label: Text {
        vi: "Treo (chờ kết quả)",
        en: "Pending",
    },
    explanation: Text {
        vi: "Nguồn tiền chưa tới hạn giao dữ liệu, hoặc giao dịch chưa có kết quả cuối cùng.",
        en: "The source is not due yet, or the transaction is not final.",
    },
    advice: Text {
        vi: "Chờ đêm sau; nếu vẫn treo quá hạn thì tra soát nhà cung cấp.",
        en: "Wait for the next night; ask the provider when it stays open.",
    },
    severity: Severity::Warn,
    carried: true,
    on_fee: pending_fee,
    on_money: |case: &MoneyCase| case.out("pending"),
};

fn pending_fee(case: &FeeCase) -> Seen {
    let tonight = case.tonight()?;
    if case.has_money() {
        return None;
    }
    let mine = case.pool.orders_for(case.fee);
    let sources = &case.pool.inputs.sources;
    let of = |provider: &str| {
        sources
            .iter()
            .find(|s| s.name.as_str() == provider || &*s.kind == provider)
    };
    match case.fee.status {
        FeeStatus::Pending => mine
            .filter(|order| !order.status.is_final())
            .find_map(|order| of(&order.provider).filter(|s| !s.deadline_passed))
            .map(|source| vec![Evidence::WaitingFor(source.name.as_str().into())]),
        FeeStatus::Paid if !case.fee.declared_method.is_cash() => {
            let by_order: Vec<&SourceFacts> =
                mine.filter_map(|order| of(&order.provider)).collect();
            let paid = case.paid_day().unwrap_or(tonight);
            let late = |source: &&SourceFacts| {
                let lacks = source.missing_days.contains(&paid) || source.missing_orders > 0;
                source.carries_money && !source.deadline_passed && lacks
            };
            let waiting = if by_order.is_empty() {
                sources.iter().find(late)
            } else {
                by_order.into_iter().find(late)
            };
            waiting.map(|source| vec![Evidence::WaitingFor(source.name.as_str().into())])
        }
        _ => None,
    }
}
