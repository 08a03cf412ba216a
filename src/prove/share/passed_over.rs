//! Lines without money of dossiers that have some: once open money pays other lines, what is spread
//! over them stands elsewhere, and the registry's word alone tells that they were paid.

use super::super::books::{Books, Line, class};
use super::super::violation::{Findings, Invariant, text};
use super::by_item::ByItem;
use super::events::{is_bare, left_by};
use super::moved::moves;
use super::reach::Reach;
use super::spans::unseen_money;
use super::{Pair, told};
use crate::classify::Bucket;
use crate::domain::{FeeStatus, Text};
use crate::kpi::Contribution;

const TX: &str = "TX_CASHLESS";
const AMOUNT: &str = "AMOUNT_CASHLESS";

const TOLD: Text = text(
    "khoản phí mà hệ thống ghi đã nộp còn có thể được tính khi tiền của hồ sơ dồn sang khoản khác",
    "a line that the registry calls paid may count once its dossier's money pays other lines",
);

/// The registry, or a provider's order, tells that it was paid; with cash too where the registry
/// does.
pub(super) fn is_told(books: &Books, line: &Line) -> Option<bool> {
    let fee = line.fee;
    match fee.status {
        FeeStatus::Paid => Some(true),
        FeeStatus::Refunded => Some(false),
        FeeStatus::Unpaid | FeeStatus::Pending => books.is_order_paid(line).then_some(false),
        FeeStatus::Cancelled => None,
    }
}

/// It may still be called paid without any money: something open may be of its dossier.
pub(super) fn may_be_told(books: &Books, reach: &Reach, line: &Line) -> Option<bool> {
    let of = &books.dossiers[line.dossier];
    let totals = books.totals(line.dossier);
    let named = reach.claims.contains_key(&line.dossier) || reach.doubts.contains(&line.dossier);
    let open = named || reach.sure_days().is_some();
    let plain = !of.went_back && !totals.says_net && of.set.is_none();
    let touched = totals.settled && open && plain && is_bare(books, line);
    is_told(books, line).filter(|_| touched)
}

/// The same of a line that the registry calls refunded, whose payment may be put elsewhere.
fn may_be_left(books: &Books, reach: &Reach, at: usize) -> Option<bool> {
    let mut on = left_by(books, at);
    on.any(|stake| moves(books, reach, stake)).then_some(false)
}

pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    if books.rules.start.is_some() {
        return; // clipped: what is left does not tell what was there
    }
    let own = |item: &Contribution| {
        matches!(item.definition, TX | AMOUNT) && item.item.starts_with("fee|")
    };
    let held = ByItem::new(&books.settlement.contributions, own);
    let mut found = Vec::new();
    for (at, line) in books.lines.iter().enumerate() {
        let waits = [
            "missing_payment",
            "missing_receipt",
            "pending",
            "status_mismatch",
        ];
        let row = line.said.filter(|row| row.bucket == Bucket::Open);
        let spread = may_be_told(books, reach, line);
        let Some(cash) = spread.or_else(|| may_be_left(books, reach, at)) else {
            continue;
        };
        if row.is_some_and(|row| waits.contains(&class(row))) {
            continue; // told by its class
        }
        let name = format!("fee|{}|{}", line.fee.dossier_code, line.fee.fee_id);
        for (definition, v) in [(TX, 1), (AMOUNT, line.fee.amount.get())] {
            let night = books.inputs.business_date.is_some();
            if !night && !super::figures::is_wanted(books, definition) {
                continue;
            }
            held.of(held.find(definition, &name), &mut found);
            let mut wanted: Vec<Pair> = Vec::new();
            wanted.extend(cash.then_some((0, v)));
            wanted.extend((!cash || unseen_money(books)).then_some((v, v)));
            let may = |item: &&Contribution| {
                let has = |pair: &Pair| super::pairs(item).any(|seen| seen == *pair);
                item.coupled && item.outcomes.first() == Some(&(0, 0)) && wanted.iter().all(has)
            };
            if found.is_empty() || !found.iter().all(may) {
                let (about, shown) = (told(definition, &name), super::shown(&found));
                findings.add(Invariant::Item, about, TOLD, format!("{wanted:?}"), shown);
            }
        }
    }
}
