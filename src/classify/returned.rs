//! Money that went back.

use crate::domain::{FeeStatus, Text, Vnd};
use crate::matching::Evidence;
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Line, Returned};
use crate::matching::pool::Pool;

use super::case::{FeeCase, MoneyCase};
use super::class::{Class, Seen, Severity};

/// Undone by the provider.
pub(super) const REVERSED: Class = Class {
    id: "reversed",
    label: Text {
        vi: "Hủy, đảo giao dịch",
        en: "Reversed",
    },
    explanation: Text {
        vi: "Nhà cung cấp đã đảo giao dịch; khoản thu chưa có tiền.",
        en: "The provider undid the payment; the fee has no money.",
    },
    advice: Text {
        vi: "Liên hệ người nộp để thanh toán lại nếu hồ sơ vẫn phải thu.",
        en: "Ask the payer to pay again if the fee is still due.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: reversed_fee,
    on_money: |case| returned(case, |r| r.reversal && !r.unlinked),
};

fn reversed_fee(case: &FeeCase) -> Seen {
    case.line.filter(|l| l.reversed > 0 && l.paid == 0)?;
    let undone = case.on_line().filter(|e| e.reversed);
    let id = |e: &Entry| Evidence::Undoes(e.credit.money.id(case.pool).into());
    Some(undone.map(id).collect())
}

/// The evidence of a return that `wanted` accepts.
fn returned(case: &MoneyCase, wanted: impl Fn(&Returned) -> bool) -> Seen {
    let back = case.ledger_return().filter(|r| wanted(r))?;
    let (dossier, _) = case.returned?;
    let ledger = case.desk.ledgers.of(dossier);
    let of = || back.of.iter().map(|e| &ledger.entries[*e]);
    let id = |entry: &Entry| -> Box<str> { entry.credit.money.id(case.pool).into() };
    let mut seen: Vec<Evidence> = of().map(|entry| Evidence::Undoes(id(entry))).collect();
    let first = |entry: &Entry| match entry.effect {
        Effect::Duplicate { of, .. } if !back.reversal => Some(of),
        _ => None,
    };
    // the fee keeps its money where only repeats went back
    let first: Option<Vec<usize>> = of().map(first).collect();
    let first = first.and_then(|of| of.first().copied());
    seen.extend(first.map(|of| Evidence::OfRepeat(id(&ledger.entries[of]))));
    seen.extend(super::surplus::returned(case, back));
    Some(seen)
}

/// Returned whole.
pub(super) const REFUNDED: Class = Class {
    id: "refunded",
    label: Text {
        vi: "Đã hoàn",
        en: "Refunded",
    },
    explanation: Text {
        vi: "Toàn bộ số tiền nêu ở dòng này đã được hoàn cho người nộp.",
        en: "All the money that this row is about went back to the payer.",
    },
    advice: Text {
        vi: "Kiểm tra quyết định hoàn phí và trạng thái trên hệ thống một cửa.",
        en: "Check the refund decision and the status in the one-stop system.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: |case| refunded_fee(case, |kept| kept <= 0),
    on_money: |case| {
        let back = returned(case, |r| !r.reversal && r.whole && !r.unlinked);
        let back = back.map(|seen| with_agreement(seen, agrees(case)));
        back.or_else(|| repeat_back(case))
    },
};

/// A repeat of which nothing is left.
fn repeat_back(case: &MoneyCase) -> Seen {
    if super::amount::duplicate_money(case).is_some() {
        return None;
    }
    let mut entries = case.ledger_entries();
    let repeats = |e: &Entry| matches!(e.effect, Effect::Duplicate { .. });
    let (ledger, entry) = entries.find(|(_, e)| repeats(e) && e.is_sent_back())?;
    let seen = super::amount::repeat(case.pool, ledger, entry)?;
    Some(with_agreement(seen, true))
}

fn with_agreement(mut seen: Vec<Evidence>, agreed: bool) -> Vec<Evidence> {
    seen.extend(agreed.then_some(Evidence::RefundAgreed));
    seen
}

/// True when nothing is left on a line that the registry calls refunded.
fn is_agreed(pool: &Pool, line: &Line) -> bool {
    line.kept() <= 0 && pool.fee(line.fee).status == FeeStatus::Refunded
}

/// True when every line that the return took from is refunded as the registry says; what only
/// returns a repeat or a surplus takes from none.
fn agrees(case: &MoneyCase) -> bool {
    let Some((dossier, _)) = case.returned else {
        return false;
    };
    let lines = &case.desk.ledgers.of(dossier).lines;
    let back = case.ledger_return().into_iter();
    let mut took = back
        .flat_map(|back| &back.parts)
        .filter(|(_, dong)| *dong > 0);
    took.all(|(l, _)| is_agreed(case.pool, &lines[*l]))
}

/// True when it took anything from a line.
fn takes(case: &MoneyCase) -> bool {
    let back = case.ledger_return().into_iter();
    let mut took = back.flat_map(|back| &back.parts);
    took.any(|(_, dong)| *dong > 0)
}

fn refunded_fee(case: &FeeCase, wanted: fn(i128) -> bool) -> Seen {
    let line = case.line.filter(|l| l.given_back() > 0)?;
    wanted(line.kept()).then(|| {
        let ledger = case.ledger;
        let place = ledger.place(line.fee).into_iter();
        let rows = place.flat_map(|l| ledger.returns_on(l));
        let rows = rows.filter(|r| !r.reversal);
        let by = rows.map(|r| Evidence::ReturnedBy(case.pool.txn(r.txn).id.as_ref().into()));
        with_agreement(by.collect(), is_agreed(case.pool, line))
    })
}

/// Returned in part.
pub(super) const PARTIAL_REFUND: Class = Class {
    id: "partial_refund",
    label: Text {
        vi: "Đã hoàn một phần",
        en: "Refunded in part",
    },
    explanation: Text {
        vi: "Một phần số tiền đã được hoàn cho người nộp.",
        en: "A part of the money went back to the payer.",
    },
    advice: Text {
        vi: "Kiểm tra quyết định hoàn phí và số tiền còn lại của khoản thu.",
        en: "Check the refund decision and what is left on the fee.",
    },
    severity: Severity::Warn,
    carried: false,
    on_fee: |case| refunded_fee(case, |kept| kept > 0),
    on_money: |case| {
        let back = returned(case, |r| !r.reversal && !r.whole && !r.unlinked)?;
        Some(with_agreement(back, takes(case) && agrees(case)))
    },
};

/// A refund or reversal whose payment is not known.
pub(super) const UNLINKED_REFUND: Class = Class {
    id: "unlinked_refund",
    label: Text {
        vi: "Hoàn tiền chưa rõ giao dịch gốc",
        en: "Refund without its payment",
    },
    explanation: Text {
        vi: "Có tiền hoàn hoặc đảo, nhưng không thấy giao dịch gốc đủ số tiền.",
        en: "Money went back, but no payment of at least that amount is known.",
    },
    advice: Text {
        vi: "Tra soát với ngân hàng hoặc nhà cung cấp để biết giao dịch gốc.",
        en: "Ask the bank or provider which payment it returns.",
    },
    severity: Severity::Action,
    carried: true,
    on_fee: super::class::no_fee,
    on_money: unlinked,
};

fn unlinked(case: &MoneyCase) -> Seen {
    let named = case.ledger_return().filter(|back| back.unlinked);
    let named = named.and_then(|back| Some(vec![why_unlinked(case, back)?]));
    named.or_else(|| case.out("unlinked_refund"))
}

/// Why no money of the dossier covers a return: there is none, it came later, it went back before,
/// or it is less.
fn why_unlinked(case: &MoneyCase, back: &Returned) -> Option<Evidence> {
    let (pool, (dossier, _)) = (case.pool, case.returned?);
    let (ledger, row) = (case.desk.ledgers.of(dossier), case.pool.txn(back.txn));
    let known = |e: &&Entry| !matches!(e.effect, Effect::Doubtful { .. });
    let entries = || ledger.entries.iter();
    let first = entries().filter(known);
    let Some(first) = first.min_by_key(|e| e.credit.money.order(pool)) else {
        return Some(Evidence::NoMoney);
    };
    let had_come = |e: &&Entry| e.credit.money.order(pool).0 <= row.paid_at.ms();
    if !entries().any(|e| had_come(&e)) {
        let money = first.credit.money;
        let (paid, back) = (money.day(pool), row.paid_on);
        return Some(Evidence::BackBefore(money.id(pool).into(), paid, back));
    }
    let came: i128 = (entries().filter(had_come))
        .filter(|e| !e.reversed)
        .map(|e| e.credit.amount)
        .sum();
    let mine = Money::Txn(back.txn).order(pool);
    let earlier = ledger.returns.iter().filter(|other| !other.unlinked);
    let earlier: Vec<&Returned> = earlier
        .filter(|other| Money::Txn(other.txn).order(pool) < mine)
        .collect();
    let refunds = earlier.iter().filter(|other| !other.reversal);
    let gone: i128 = refunds.map(|other| pool.txn(other.txn).amount.wide()).sum();
    let left = (came - gone).max(0);
    if let Some(by) = earlier.last().filter(|_| left == 0) {
        return Some(Evidence::BackAgain(pool.txn(by.txn).id.as_ref().into()));
    }
    if row.amount.wide() > left {
        let left = Vnd::from_wide(left).ok()?;
        return Some(Evidence::BackBeyond(left, row.amount));
    }
    Some(Evidence::NothingToUndo(row.amount))
}
