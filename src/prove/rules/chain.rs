//! The provider's own chain, read again: a refund names the dossier or the payment that it returns,
//! a sighting is the same amount at the same time under the same name.

use std::collections::BTreeMap;

use super::super::books::{Books, Money};
use super::super::memo::{holds_word, person, squeezed};
use super::super::violation::{Findings, Invariant, name, text};
use crate::domain::{Piece, Txn, TxnKind, TxnStatus};
use crate::matching::{Evidence, Leg};

const DAY_MS: i64 = 86_400_000;
const MOMENT_MS: i64 = 300_000;

pub(super) fn check(books: &Books, money: &Money, findings: &mut Findings) {
    let Some(txn) = money.txn() else { return };
    for leg in &money.back {
        if !names(books, txn, leg) {
            let what = text(
                "khoản hoàn, hủy phải ghi mã hồ sơ hoặc mã giao dịch gốc",
                "a refund or reversal names the dossier or the payment",
            );
            findings.add(Invariant::Rule, name(&money.key), what, "chain", "-");
            break;
        }
    }
    if let [leg] = money.seen.as_slice()
        && !seen_twice(books, money, txn, leg)
    {
        let what = text(
            "giao dịch thấy lần hai phải cùng số tiền, cùng lúc, cùng mã với giao dịch gốc",
            "a sighting has the amount, the time and the name of another payment",
        );
        findings.add(Invariant::Rule, name(&money.key), what, "chain", "-");
    }
    if !money.seen.is_empty() && (money.seen.len() > 1 || !money.stakes.is_empty()) {
        let what = text(
            "giao dịch thấy lần hai không được tính thêm lần nào",
            "a sighting counts nowhere else",
        );
        findings.add(Invariant::Rule, name(&money.key), what, 1, money.seen.len());
    }
}

/// The text holds the dossier's code, or the id of a payment of the same source that is linked to
/// the dossier; an order of it in the reference will do as well.
fn names(books: &Books, txn: &Txn, leg: &Leg) -> bool {
    let Some(line) = books.line_of(leg) else {
        return true; // `capacity` names legs without a line
    };
    let dossier = books.lines[line].dossier;
    let code = books.dossiers[dossier].code;
    let reference = txn.order_ref.as_deref().unwrap_or_default();
    let orders = books.orders.get(reference).map_or(&[][..], Vec::as_slice);
    if orders.iter().any(|order| order.dossier_code == *code) {
        return true;
    }
    let said = format!("{} {reference}", txn.memo);
    if squeezed(&said).contains(&squeezed(code.as_str())) {
        return true;
    }
    // by id: of a payment of this dossier, linked to it or left open
    let linked = books.dossiers[dossier].stakes.iter();
    let mut linked = linked.filter_map(|s| books.money[books.stakes[*s].money].txn());
    if linked.any(|paid| paid.source == txn.source && holds_word(&said, &paid.id)) {
        return true;
    }
    let mut open = books.inputs.txns.iter();
    open.any(|paid| {
        let same = paid.source == txn.source && paid.kind == TxnKind::Payment;
        let reference = paid.order_ref.as_deref().unwrap_or_default();
        let read = || {
            let read = squeezed(&format!("{} {reference}", paid.memo));
            read.contains(&squeezed(code.as_str()))
        };
        same && holds_word(&said, &paid.id) && read()
    })
}

fn seen_twice(books: &Books, money: &Money, txn: &Txn, leg: &Leg) -> bool {
    let (Evidence::SameAs(id) | Evidence::NamesTransaction(id)) = &leg.why else {
        return false;
    };
    let named = matches!(leg.why, Evidence::NamesTransaction(_));
    let mut others = books.by_id.get(&**id).into_iter().flatten();
    others.any(|other| {
        let other = &books.money[*other];
        let Some(event) = other.txn().filter(|_| other.key != money.key) else {
            return false;
        };
        let lag = txn.paid_at.ms() - event.paid_at.ms();
        let alive = event.status == TxnStatus::Success && txn.status == TxnStatus::Success;
        // a bank calls the gateway's refund a debit; two feeds of one account call it the same
        let direction = (event.kind == TxnKind::Payment) == (txn.kind == TxnKind::Payment);
        alive
            && direction
            && if named {
                let told = event.bank_ref.as_deref();
                let said = holds_word(&txn.memo, &event.id)
                    || told.is_some_and(|told| holds_word(&txn.memo, told));
                let amount = txn.amount == event.amount || txn.amount == event.net;
                let days = txn.paid_on.days_since(event.paid_on);
                let timely = lag <= DAY_MS || days <= i64::from(books.rules.batch_days);
                said && amount && lag >= -MOMENT_MS && timely
            } else {
                let told_twice = same_line(txn, event, lag) || same_order(txn, event, lag);
                (told_twice && event.kind == txn.kind) || same_moment(books, txn, event, lag)
            }
    })
}

/// Two sources of one account: account, bank reference, amount, at most a day.
fn same_line(txn: &Txn, event: &Txn, lag: i64) -> bool {
    let told = |text: &Option<Piece>| text.as_deref().is_some_and(|text| !text.is_empty());
    told(&txn.account)
        && told(&txn.bank_ref)
        && txn.account == event.account
        && same_reference(txn, event)
        && txn.amount == event.amount
        && txn.source != event.source
        && lag.abs() <= DAY_MS
}

/// One bank reference: equal, or one is the other with a short mark appended.
fn same_reference(txn: &Txn, event: &Txn) -> bool {
    let told = |row: &Txn| row.bank_ref.as_deref().unwrap_or_default().to_owned();
    let (a, b) = (told(txn), told(event));
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let digits = short.chars().filter(char::is_ascii_digit).count();
    let number = short.len() >= 10 && digits >= 6;
    let appended = |rest: &str| {
        let mut rest = rest.chars();
        let mark = rest.next().is_some_and(|c| !c.is_ascii_alphanumeric());
        let tail: Vec<char> = rest.collect();
        mark && (1..=4).contains(&tail.len()) && tail.iter().all(char::is_ascii_alphanumeric)
    };
    long == short || (number && long.strip_prefix(&*short).is_some_and(appended))
}

/// Two sources of one gateway: the order, a number of the transaction that is not the order's own,
/// the amount, at most a day.
fn same_order(txn: &Txn, event: &Txn, lag: i64) -> bool {
    let order = |row: &Txn| row.order_ref.as_deref().unwrap_or_default().to_owned();
    let numbers = |row: &Txn| {
        let numbers = [
            row.id.to_string(),
            row.bank_ref.as_deref().unwrap_or_default().to_owned(),
        ];
        let of_order = order(row);
        numbers
            .into_iter()
            .filter(move |number| !number.is_empty() && *number != of_order)
    };
    let shared = numbers(txn).any(|mine| numbers(event).any(|other| other == mine));
    !order(txn).is_empty()
        && order(txn) == order(event)
        && shared
        && txn.amount == event.amount
        && txn.source != event.source
        && lag.abs() <= DAY_MS
}

/// Through one source a payment is seen a second time once: two lines are two payments.
pub(super) fn once(books: &Books, findings: &mut Findings) {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for money in &books.money {
        for leg in &money.seen {
            if let Evidence::SameAs(id) | Evidence::NamesTransaction(id) = &leg.why {
                *seen.entry((id, money.key.source.as_str())).or_default() += 1;
            }
        }
    }
    for ((id, source), count) in seen {
        // another source may use the same id
        let events = books.by_id.get(id).into_iter().flatten();
        let events = events.filter(|event| books.money[**event].key.source.as_str() != source);
        let events = events.count().max(1);
        if count > events {
            let what = text(
                "một nguồn chỉ thấy lại một giao dịch một lần",
                "a source sees a payment a second time once",
            );
            let about = format!("{source} = {id}");
            findings.add(Invariant::Rule, about, what, events, count);
        }
    }
}

/// A bank line with the code of the gateway payment's dossier, the amount, at most five minutes and
/// no other payer.
fn same_moment(books: &Books, txn: &Txn, event: &Txn, lag: i64) -> bool {
    let payers = (person(&txn.payer), person(&event.payer));
    let same = payers.0.is_empty() || payers.1.is_empty() || payers.0 == payers.1;
    let gateway = event.order_ref.is_some() && txn.order_ref.is_none();
    let found = books.codes.within(&squeezed(&txn.memo));
    txn.amount == event.amount && lag.abs() <= MOMENT_MS && same && gateway && !found.is_empty()
}
