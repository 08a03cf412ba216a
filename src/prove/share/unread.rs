//! Rows that could not be read, told again: each may be one more of what is counted, or one less,
//! with cash or without, of whatever agency and day. Only what can be no row of a fee, of an order
//! or of money widens nothing.

use std::collections::BTreeMap;

use super::super::books::Books;
use super::events::most;
use super::reach::{Reach, last_day};
use super::{Expected, Pair, Wanted};
use crate::domain::{Day, ExceptionId, FeeKind, Reject, RejectCode, RowKey, Ruling, Side, Vnd};
use crate::kpi::{Contribution, Elsewhere, Scope};

/// What the names of such items begin with.
pub(super) const UNREAD: &str = "unread|";

/// Definitions that follow the money.
const OF_MONEY: [&str; 4] = [
    "TX_CASHLESS",
    "AMOUNT_CASHLESS",
    "DOSSIER_CASHLESS",
    "ALL_DOSSIERS",
];

/// Definitions that follow what the registry tells of its fees.
const OF_REGISTRY: [&str; 5] = [
    "DOSSIER_ONLINE",
    "QD766_3_5a",
    "QD766_3_5b",
    "QD766_3_6",
    "THU_PHI_PROV",
];

/// A row of the list of agencies: nothing is counted by it.
fn is_agency(reject: &Reject) -> bool {
    if reject.side != Side::Fee {
        return false;
    }
    match &*reject.column {
        "" => reject.file.starts_with("agencies"),
        "code" => reject.code == RejectCode::RepeatedId,
        column => {
            let dates = column == "valid_from" || column == "valid_to";
            let tree = column == "parent_code" || column == "successor_code";
            dates || tree || ["kind", "level", "name"].contains(&column)
        }
    }
}

/// A row of the payment orders, where its column is one that fees do not have.
fn is_order(reject: &Reject) -> bool {
    let columns = ["created_at", "fee_ids", "order_id", "provider"];
    reject.side == Side::Fee && columns.contains(&&*reject.column)
}

/// A person ruled that it is no fee, when it was what it still is. One that is only written off may
/// still be anything.
fn is_no_fee(books: &Books, reject: &Reject) -> bool {
    let amount = reject.amount.unwrap_or_default();
    let ruled = books.decisions.get(&reject.key());
    ruled.into_iter().flatten().any(|decision| {
        let then = (&*decision.class_then, decision.amount_then);
        decision.ruling == Ruling::NotFee && then == ("reject", amount)
    })
}

/// True where the row is still to come in good order.
pub(super) fn waits(books: &Books, reject: &Reject) -> bool {
    let read = reject.side == Side::Txn && books.money_of(&reject.key()).is_some();
    !read && !is_no_fee(books, reject)
}

/// True where anything may count by the row.
pub(super) fn widens(books: &Books, reject: &Reject) -> bool {
    waits(books, reject) && !is_agency(reject)
}

/// What such rows are held against, looked for once for all of them.
struct Known<'b> {
    /// The largest due under the id of each fee line that could not be read, in dong.
    dues: BTreeMap<&'b str, i64>,
    /// What any line owes at most that is no land obligation: a receipt may stand for it.
    largest: i64,
    /// The most dossiers that one payment is of.
    dossiers: i64,
    /// The exception of each row.
    exceptions: BTreeMap<&'b RowKey, Option<&'b ExceptionId>>,
}

impl<'b> Known<'b> {
    fn new(books: &'b Books) -> Self {
        let rejects = &books.inputs.rejects;
        let mut dues: BTreeMap<&str, i64> = rejects.iter().map(|row| (&*row.id, 0)).collect();
        let asked = if dues.is_empty() {
            0
        } else {
            books.inputs.fees.len()
        };
        let mut largest = 0;
        for fee in books.inputs.fees.iter().take(asked) {
            if let Some(due) = dues.get_mut(fee.fee_id.as_str()) {
                *due = fee.amount.get().max(*due);
            }
            if fee.kind != FeeKind::LandObligation {
                largest = fee.amount.get().max(largest);
            }
        }
        let said = books.settlement.rows.iter().copied();
        let mut exceptions = BTreeMap::new();
        for row in said.filter(|row| dues.contains_key(&*row.key.id)) {
            let known = exceptions.entry(&row.key);
            known.or_insert(row.exception_id.as_ref());
        }
        Self {
            dues,
            largest,
            dossiers: dossiers(books),
            exceptions,
        }
    }
}

/// The least and the most that a row moves in dong.
fn dong(books: &Books, known: &Known, reject: &Reject) -> (i64, i64) {
    let trusted = !matches!(
        reject.code,
        RejectCode::WrongFieldCount
            | RejectCode::NotUtf8
            | RejectCode::CutOff
            | RejectCode::Unverified
            | RejectCode::BadRecord
    );
    let Some(amount) = reject.amount.filter(|_| trusted) else {
        return (Vnd::ROW_MAX.get(), Vnd::ROW_MAX.get());
    };
    let amount = amount.get();
    match reject.side {
        Side::Txn => (amount, most(books, amount, 0)),
        Side::Receipt => {
            let due = amount.max(known.largest);
            (due, due)
        }
        Side::Fee => {
            let due = known.dues.get(&*reject.id).copied();
            let due = due.unwrap_or(0).max(amount);
            (due, due)
        }
    }
}

/// The most dossiers that one payment is of.
fn dossiers(books: &Books) -> i64 {
    let mut most = 1;
    for money in books.money.iter().filter(|money| !money.is_cash()) {
        let mut of: Vec<usize> = Vec::new();
        for stake in &money.stakes {
            of.push(books.stakes[*stake].dossier);
        }
        of.sort_unstable();
        of.dedup();
        most = most.max(of.len());
    }
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// The least and the most that a row moves in a definition; none where it moves nothing.
fn worth(books: &Books, known: &Known, definition: &str, reject: &Reject) -> Option<(i64, i64)> {
    let money = reject.side != Side::Fee;
    if OF_REGISTRY.contains(&definition) {
        return (!money && !is_order(reject)).then_some((1, 1));
    }
    match definition {
        "TX_CASHLESS" => Some((1, 1)),
        "AMOUNT_CASHLESS" => Some(dong(books, known, reject)),
        _ if reject.side == Side::Txn => Some((known.dossiers, i64::MAX)),
        _ => Some((1, 1)),
    }
}

/// What every such row moves in a definition, by the name of its item.
fn all<'b>(
    books: &'b Books,
    known: &Known,
    definition: &str,
) -> BTreeMap<String, (&'b Reject, (i64, i64))> {
    let mut all: BTreeMap<String, (&Reject, (i64, i64))> = BTreeMap::new();
    for reject in books.inputs.rejects.iter().filter(|r| widens(books, r)) {
        let Some((least, most)) = worth(books, known, definition, reject) else {
            continue;
        };
        let key = reject.key();
        let of = all.entry(format!(
            "{UNREAD}{}|{}|{}",
            key.side.id(),
            key.source,
            key.id
        ));
        let (_, sum) = of.or_insert((reject, (0, 0)));
        sum.0 = sum.0.saturating_add(least);
        sum.1 = sum.1.saturating_add(most);
    }
    all.retain(|_, (_, (_, most))| *most > 0);
    all
}

pub(super) fn expect(books: &Books, expected: &mut Vec<Expected>) {
    let start = books.rules.start;
    let last = last_day(books);
    let known = Known::new(books);
    for definition in OF_MONEY.into_iter().chain(OF_REGISTRY) {
        for (item, (reject, (least, most))) in all(books, &known, definition) {
            let exception = known.exceptions.get(&reject.key());
            let exception = exception.copied().flatten().cloned();
            let day = reject.business_date;
            // nothing of it is left where all that is known is older than go-live
            if start.is_some_and(|start| last.max(day) < start) {
                continue;
            }
            expected.push(Expected {
                definition,
                item,
                day: Some(start.map_or(day, |start| day.max(start))),
                wanted: Wanted::Unread(least, most, exception),
            });
        }
    }
}

/// Every way of an item but that of nothing, and what one is worth in it. With counter cash that
/// takes the place of a payment other cash may come for what that had paid.
pub(super) fn ways(item: &Contribution) -> (i64, [Pair; 4]) {
    let v = super::pairs(item).map(|(_, b)| -b).max().unwrap_or(0);
    let receipt = item.item.starts_with("unread|receipt|");
    let dossiers = ["DOSSIER_CASHLESS", "ALL_DOSSIERS"].contains(&item.definition);
    let cash = if receipt && !dossiers {
        v.saturating_mul(2)
    } else {
        v
    };
    (v, [(-v, -v), (0, -v), (0, cash), (v, v)])
}

/// In the total and in the row of whatever agency, with nothing by the point figure, every way and
/// no other, and the exception that a person has to settle.
pub(super) fn holds(
    (least, most): (i64, i64),
    exception: Option<&ExceptionId>,
    found: &[&Contribution],
) -> bool {
    let [one, other] = found else { return false };
    let right = |item: &Contribution| {
        let (v, ways) = ways(item);
        let can = |pair: &Pair| super::pairs(item).any(|seen| seen == *pair);
        let only = super::pairs(item).all(|pair| pair == (0, 0) || ways.contains(&pair));
        item.coupled
            && item.outcomes.first() == Some(&(0, 0))
            && (least..=most).contains(&v)
            && ways.iter().all(can)
            && only
            && exception.is_none_or(|id| item.exceptions.contains(id))
    };
    let scopes = [&one.scope, &other.scope];
    scopes.contains(&&Scope::Total)
        && scopes.contains(&&Scope::AnyAgency)
        && right(one)
        && right(other)
}

/// The days on which it may count: any, until the last of which anything is known.
pub(super) fn spans(reach: &Reach, item: &Contribution) -> Vec<Elsewhere> {
    let last = reach.last_day.max(item.day);
    super::spans::over(item.day, (Day::of_ms(0), last), &ways(item).1)
}
