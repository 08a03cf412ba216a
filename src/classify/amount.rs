//! Linked money whose amount, account or number of times is not what was due.

use crate::domain::{Fee, Text, Vnd};
use crate::matching::Evidence;
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger, Line, Returned};
use crate::matching::pool::Pool;

use super::case::{FeeCase, MoneyCase};
use super::class::{Class, Seen, Severity};

/// Paid twice.
pub(super) const DUPLICATE: Class = Class {
    id: "duplicate",
    label: Text {
        vi: "Thanh toán trùng",
        en: "Duplicate payment",
    },
    explanation: Text {
        vi: "Khoản thu đã được nộp đủ, sau đó lại được nộp thêm một lần nữa.",
        en: "The fee was paid in full and then paid again.",
    },
    advice: Text {
        vi: "Xác nhận với người nộp và làm thủ tục hoàn lần nộp sau.",
        en: "Confirm with the payer and return the later payment.",
    },
    severity: Severity::Action,
    carried: false,
    on_fee: duplicate_fee,
    on_money: duplicate_money,
};

fn duplicate_fee(case: &FeeCase) -> Seen {
    let entries = &case.ledger.entries;
    let again = case.line.into_iter().flat_map(|line| &line.duplicates);
    let again = again.map(|e| &entries[*e]).filter(|e| !e.is_sent_back());
    let again = again.map(|e| Evidence::PaidAgainBy(e.credit.money.id(case.pool).into()));
    let again: Vec<Evidence> = again.collect();
    (!again.is_empty()).then_some(again)
}

pub(super) fn duplicate_money(case: &MoneyCase) -> Seen {
    let mut there = case.ledger_entries().filter(|(_, e)| !e.is_sent_back());
    there.find_map(|(ledger, entry)| repeat(case.pool, ledger, entry))
}

/// What a repeat repeats, and what went back of it.
pub(super) fn repeat(pool: &Pool, ledger: &Ledger, entry: &Entry) -> Seen {
    let Effect::Duplicate { of, .. } = entry.effect else {
        return None;
    };
    let first = ledger.entries[of].credit.money.id(pool);
    let left = Vnd::from_wide((entry.credit.amount - entry.returned).max(0)).ok()?;
    let took = |back: &&Returned| !back.reversal && back.of.iter().any(|e| is(ledger, *e, entry));
    let returns = ledger.returns.iter().filter(|_| entry.returned > 0);
    let back = returns.filter(took);
    let back = back.map(|back| {
        let row = pool.txn(back.txn);
        Evidence::RepeatBack(row.id.as_ref().into(), row.paid_on, left)
    });
    let repeats = std::iter::once(Evidence::Repeats(first.into()));
    Some(repeats.chain(back).collect())
}

fn is(ledger: &Ledger, place: usize, entry: &Entry) -> bool {
    ledger.entries[place].credit.money == entry.credit.money
}

/// Into another agency's account.
pub(super) const WRONG_AGENCY: Class = Class {
    id: "wrong_agency",
    label: Text {
        vi: "Nộp nhầm đơn vị, nhầm tài khoản",
        en: "Wrong agency or account",
    },
    explanation: Text {
        vi: "Tiền vào tài khoản chuyên thu của cơ quan khác với cơ quan thu của hồ sơ.",
        en: "The money came into the collection account of another agency.",
    },
    advice: Text {
        vi: "Kế toán chuyển tiền về đúng tài khoản của cơ quan thu.",
        en: "Accounting moves the money to the right account.",
    },
    severity: Severity::Action,
    carried: false,
    on_fee: |case| {
        let fee = case.fee;
        case.settled_by()
            .find_map(|entry| wrong_agency(case.pool, entry, fee))
    },
    on_money: |case| {
        let pool = case.pool;
        case.ledger_entries().find_map(|(ledger, entry)| {
            let mut lines = entry.parts.iter().map(|(l, _)| ledger.lines[*l].fee);
            lines.find_map(|line| wrong_agency(pool, entry, pool.fee(line)))
        })
    },
};

fn wrong_agency(pool: &Pool, entry: &Entry, fee: &Fee) -> Seen {
    let Money::Txn(txn) = entry.credit.money else {
        return None;
    };
    let account = pool.txn(txn).account.as_deref()?;
    let known = pool
        .rules
        .collection_accounts
        .iter()
        .find(|(known, _)| **known == *account);
    let agency = known?.1.as_deref()?;
    let differs = !agency.eq_ignore_ascii_case(fee.agency_code.as_str());
    differs.then(|| {
        vec![Evidence::AccountOf(
            agency.into(),
            fee.agency_code.as_str().into(),
        )]
    })
}

/// Too much.
pub(super) const OVERPAID: Class = Class {
    id: "overpaid",
    label: Text {
        vi: "Lệch số tiền: nộp thừa",
        en: "Overpaid",
    },
    explanation: Text {
        vi: "Số tiền nộp lớn hơn số phải thu.",
        en: "More was paid than was due.",
    },
    advice: Text {
        vi: "Kiểm tra mức thu; hoàn phần thừa cho người nộp.",
        en: "Check the rate; return the surplus to the payer.",
    },
    severity: Severity::Action,
    carried: false,
    on_fee: |case| {
        let due = case.line.map_or(0, |line| line.due);
        let mut over = super::surplus::on_fee(case).filter(|entry| entry.surplus_left() > 0);
        let entry = over.next()?;
        let differs = differs(due, due + entry.surplus)?;
        Some([differs, super::surplus::back(case.pool, case.ledger, entry)].concat())
    },
    on_money: |case| {
        let mut over = super::surplus::on_money(case);
        let (ledger, entry) = over.find(|(_, entry)| entry.surplus_left() > 0)?;
        let differs = differs(entry.credit.amount - entry.surplus, entry.credit.amount)?;
        Some([differs, super::surplus::back(case.pool, ledger, entry)].concat())
    },
};

fn differs(due: i128, paid: i128) -> Seen {
    let (due, paid) = (Vnd::from_wide(due).ok()?, Vnd::from_wide(paid).ok()?);
    Some(vec![Evidence::AmountDiffers(due, paid)])
}

/// Received net of the provider's fee.
pub(super) const NET_SETTLEMENT: Class = Class {
    id: "net_settlement",
    label: Text {
        vi: "Nhận thiếu do trừ phí dịch vụ",
        en: "Received net of the provider's fee",
    },
    explanation: Text {
        vi: "Số tiền nhận thiếu đúng bằng phí dịch vụ của nhà cung cấp.",
        en: "What is short equals the provider's fee.",
    },
    advice: Text {
        vi: "Ghi nhận phí dịch vụ theo hợp đồng; không đòi thêm người nộp.",
        en: "Book the fee as agreed; the payer owes nothing.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: |case| {
        let line = case.line.filter(|l| l.net_line)?;
        net(line.net_short)
    },
    on_money: |case| {
        case.ledger_entries()
            .find_map(|(_, entry)| net(entry.net_fee?))
    },
};

fn net(fee: i128) -> Seen {
    Vnd::from_wide(fee)
        .ok()
        .map(|fee| vec![Evidence::NetOfFee(fee)])
}

/// Too little, in one payment.
pub(super) const UNDERPAID: Class = Class {
    id: "underpaid",
    label: Text {
        vi: "Lệch số tiền: nộp thiếu",
        en: "Underpaid",
    },
    explanation: Text {
        vi: "Hệ thống một cửa ghi đã thu, nhưng số tiền nộp nhỏ hơn số phải thu.",
        en: "The registry says paid, but less came than was due.",
    },
    advice: Text {
        vi: "Kiểm tra mức thu; thu thêm phần thiếu hoặc điều chỉnh khoản thu.",
        en: "Check the rate; collect what is missing or correct the fee.",
    },
    severity: Severity::Action,
    carried: false,
    on_fee: |case| short_fee(case, true),
    on_money: |case| short_money(case, true),
};

/// Instalments still incomplete.
pub(super) const PARTIAL: Class = Class {
    id: "partial",
    label: Text {
        vi: "Thanh toán một phần",
        en: "Partially paid",
    },
    explanation: Text {
        vi: "Khoản thu mới được nộp một phần.",
        en: "Only a part of the fee has been paid so far.",
    },
    advice: Text {
        vi: "Chờ các lần nộp tiếp theo, hoặc nhắc người nộp.",
        en: "Wait for the next instalments, or remind the payer.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: |case| short_fee(case, false),
    on_money: |case| short_money(case, false),
};

/// One payment and "paid" is `underpaid`; every other shortfall is `partial`.
fn is_underpaid(pool: &Pool, ledger: &Ledger, line: &Line) -> bool {
    let paid = pool.fee(line.fee).status == crate::domain::FeeStatus::Paid;
    paid && ledger.live_payments_of(line) == 1
}

fn short_fee(case: &FeeCase, underpaid: bool) -> Seen {
    let line = case.line.filter(|_| case.is_short())?;
    let mine = is_underpaid(case.pool, case.ledger, line) == underpaid;
    mine.then(|| shortfall(case.ledger, line, underpaid))
        .flatten()
}

fn shortfall(ledger: &Ledger, line: &Line, underpaid: bool) -> Seen {
    // what went back before a later payment is not there
    let paid = Vnd::from_wide((line.paid - line.reopened).max(0)).ok()?;
    let due = Vnd::from_wide(line.due).ok()?;
    if underpaid {
        return Some(vec![Evidence::AmountDiffers(due, paid)]);
    }
    let number = u32::try_from(ledger.live_payments_of(line)).unwrap_or(u32::MAX);
    Some(vec![Evidence::Instalments(number, paid, due)])
}

fn short_money(case: &MoneyCase, underpaid: bool) -> Seen {
    case.ledger_entries().find_map(|(ledger, entry)| {
        if !entry.short || entry.reversed || entry.effect != Effect::Settles {
            return None;
        }
        let line = ledger.first_lacking(entry)?;
        let mine = is_underpaid(case.pool, ledger, line) == underpaid;
        mine.then(|| shortfall(ledger, line, underpaid)).flatten()
    })
}
