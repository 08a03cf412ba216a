//! `DOSSIER_CASHLESS`, `DOSSIER_ONLINE` and `ALL_DOSSIERS`: dossiers whose every line is paid and
//! kept count, without cash above; a dossier that lacks money is open at best. A refund that names
//! nobody may be of any.

use std::collections::BTreeSet;

use super::super::books::{Books, Dossier, Line, Money, class};
use super::super::memo::squeezed;
use super::events::carried_by_open;
use super::{Expected, Wanted, everywhere};
use crate::domain::{AgencyCode, FilingChannel, Moment, TxnKind};

const PAID: &str = "DOSSIER_CASHLESS";
const ALL: &str = "ALL_DOSSIERS";

pub(super) fn expect(books: &Books, expected: &mut Vec<Expected>) {
    for dossier in &books.dossiers {
        let paid = cashless(books, dossier);
        expected.extend(all(books, dossier, paid.as_ref()));
        expected.extend(paid);
        expected.extend(online(books, dossier));
    }
    for money in &books.money {
        refund(books, money, expected);
    }
}

fn item(dossier: &Dossier) -> String {
    format!("dossier|{}", dossier.code)
}

/// The collecting agency: that of the first line.
fn agency(books: &Books, dossier: &Dossier) -> BTreeSet<AgencyCode> {
    let first = books.lines[dossier.lines.start].fee;
    BTreeSet::from([first.agency_code.clone()])
}

fn cashless(books: &Books, dossier: &Dossier) -> Option<Expected> {
    let lines = || dossier.lines.clone().map(|line| (line, &books.lines[line]));
    let counted = || lines().filter(|(_, line)| line.payable && !line.land);
    let expected = |wanted, day| {
        Some(Expected {
            definition: PAID,
            item: item(dossier),
            day,
            wanted,
        })
    };
    if let Some((_, day)) = dossier.set.and_then(|set| books.sets.get(&set)) {
        let paid = everywhere(&agency(books, dossier), (1, 1));
        return expected(paid, *day);
    }
    counted().next()?;
    let unsure = |(at, line): (usize, &Line)| {
        let mut on = line.stakes.iter().map(|s| &books.stakes[*s]);
        on.any(|stake| stake.part(at) > 0 && stake.unsure)
    };
    let doubt = |(at, line): (usize, &Line)| {
        line.refunded > 0
            || books.differs(line)
            || line.says("receipt_mismatch")
            || (line.gap() > 0 && line.says("net_settlement"))
            || unsure((at, line))
    };
    let net_only = |(_, line): (usize, &Line)| {
        line.gap() > 0 && line.refunded == 0 && line.says("net_settlement")
    };
    // all that was on a line went back: it is paid by nothing
    let bare = |line: &Line| line.refunded > 0 && line.refunded >= line.paid;
    if counted().any(|(_, line)| bare(line)) {
        return expected(Wanted::Open, None);
    }
    if dossier.went_back || counted().any(|line| doubt(line) && !net_only(line)) {
        // where a receipt over less is right, the dossier is not paid in full
        let less = |line: &Line| line.says("receipt_mismatch") && line.gap() > 0;
        let others = || counted().filter(|(_, line)| !less(line));
        let rest = !dossier.went_back && others().all(|line| !doubt(line) && line.1.gap() == 0);
        if rest && counted().all(|(_, line)| line.refunded == 0 && !books.differs(line)) {
            return expected(Wanted::Holds(vec![(0, 0), (0, 1)]), None);
        }
        // paid by the version that was kept, by the other perhaps not
        let full = |(at, line): (usize, &Line)| {
            let whole = line.gap() == 0 && line.refunded == 0 && !unsure((at, line));
            whole && !line.says("receipt_mismatch")
        };
        if !dossier.went_back && counted().all(full) {
            return expected(Wanted::Holds(vec![(0, 0)]), None);
        }
        return expected(Wanted::Anything, None);
    }
    if counted().any(|line| books.lines[line.0].gap() > 0 && !net_only(line)) {
        // short: whatever it may still become, it is not paid yet
        return expected(Wanted::Open, None);
    }
    // the money that is on its lines: cash among it, and the day of the last of it
    let (mut cash, mut last) = (false, None);
    for (at, line) in counted() {
        let on = line.stakes.iter().map(|s| &books.stakes[*s]);
        for stake in on.filter(|stake| !stake.undone && stake.part(at) > 0) {
            let money = &books.money[stake.money];
            cash |= money.is_cash();
            last = last.max(Some(money.day()));
        }
    }
    let pair = if cash { (0, 1) } else { (1, 1) };
    expected(everywhere(&agency(books, dossier), pair), last)
}

/// Every dossier received is in the denominator; in the numerator as by `DOSSIER_CASHLESS`.
fn all(books: &Books, dossier: &Dossier, paid: Option<&Expected>) -> Option<Expected> {
    let fees = || dossier.lines.clone().map(|line| books.lines[line].fee);
    let received = fees().find_map(|fee| fee.more.received_at.as_ref());
    let day = received.map(Moment::day).or(dossier.code.received_on())?;
    let own = |numerator| everywhere(&agency(books, dossier), (numerator, 1));
    let wanted = match paid.map(|paid| &paid.wanted) {
        None => own(0),
        Some(Wanted::Firm(scopes)) => own(scopes.first().map_or(0, |(_, (a, _))| *a)),
        Some(Wanted::Open) => Wanted::First((0, 1)),
        Some(_) => Wanted::Anything,
    };
    Some(Expected {
        definition: ALL,
        item: item(dossier),
        day: Some(day),
        wanted,
    })
}

/// An open refund that names no dossier may be of any. Where it may name one, it is left open
/// whether it has an item of its own.
fn refund(books: &Books, money: &Money, expected: &mut Vec<Expected>) {
    let classes = ["unlinked_refund", "conflict", "pending", "status_mismatch"];
    let (Some(txn), Some(row)) = (money.txn(), money.said) else {
        return;
    };
    // one that was seen elsewhere too is open as the row that carries it is
    let carried = carried_by_open(books, money);
    let waits = classes.contains(&class(row)) || carried.is_some();
    let open = money.back.is_empty() && waits;
    if txn.kind == TxnKind::Payment || !open {
        return;
    }
    let named = carried == Some(false)
        || row.dossier_code.is_some()
        || txn.order_ref.is_some()
        || !books.codes.within(&squeezed(&txn.memo)).is_empty();
    for definition in [PAID, ALL] {
        let wanted = if named {
            Wanted::Anything
        } else {
            Wanted::Back(1)
        };
        expected.push(Expected {
            definition,
            item: format!("txn|{}|{}", txn.source, txn.id),
            day: Some(txn.paid_on),
            wanted,
        });
    }
}

fn online(books: &Books, dossier: &Dossier) -> Option<Expected> {
    let fees = || dossier.lines.clone().map(|line| books.lines[line].fee);
    // the first word that a line has; lines with empty cells alone are a dossier of the counter,
    // and lines without the column tell nothing
    let mut channel = None;
    for told in fees().filter_map(|fee| fee.more.filing_channel) {
        if channel.is_none_or(|known| known == FilingChannel::Empty) {
            channel = Some(told);
        }
    }
    let channel = channel?;
    let received = fees().find_map(|fee| fee.more.received_at.as_ref());
    let day = received.map(Moment::day).or(dossier.code.received_on())?;
    let online = i64::from(channel == FilingChannel::Online);
    Some(Expected {
        definition: "DOSSIER_ONLINE",
        item: item(dossier),
        day: Some(day),
        wanted: everywhere(&agency(books, dossier), (online, 1)),
    })
}
