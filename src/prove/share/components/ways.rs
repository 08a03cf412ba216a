//! What one dossier may add, in every way: with each set of the open payments that may be its, with
//! each line that nobody saw paid left unpaid, paid with cash or without, and with each doubtful
//! repeat counted or not.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::books::{Books, MoneyRow, class};
use super::super::Pair;
use super::super::reach::Reach;
use super::super::spans::{unseen, unseen_money};
use super::ledger::{Ledger, Told};
use super::paid::{Did, Paid, day};
use super::{AMOUNT, PAID, TX};
use crate::classify::Bucket;
use crate::domain::{AgencyCode, Day};
use crate::kpi::Scope;

/// The most ways of one dossier with one set of payments.
const WAYS: usize = 4_096;
/// The most days on which money that nobody saw may have come.
const DAYS: usize = 31;

/// What is added to one definition, where and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Add {
    pub(super) definition: &'static str,
    pub(super) scope: Scope,
    pub(super) day: Day,
    pub(super) pair: Pair,
}

/// One way in which something may turn out.
pub(super) type Way = Vec<Add>;

/// Money that nobody saw: for a line, on one of some days.
struct Unseen {
    line: usize,
    days: Vec<Day>,
}

/// The lines of a dossier that the registry calls paid and nobody saw paid; none where something
/// else of it is open.
fn unseen_lines(books: &Books, reach: &Reach, dossier: usize) -> Option<Vec<Unseen>> {
    let mut all = Vec::new();
    for line in books.dossiers[dossier].lines.clone() {
        if !books.lines[line].payable {
            continue;
        }
        let fee = books.lines[line].fee;
        let row = books.lines[line].said;
        match row.map_or("", class) {
            "pending" | "status_mismatch" | "conflict" | "receipt_mismatch" => return None,
            "missing_payment" | "missing_receipt" => {}
            _ => continue,
        }
        if row.is_some_and(|row| row.bucket == Bucket::Open) {
            let (from, to) = unseen(reach, fee);
            let count = usize::try_from(to.days_since(from)).unwrap_or(usize::MAX);
            if count >= DAYS {
                return None;
            }
            let days = (0..=to.days_since(from)).filter_map(|n| u32::try_from(n).ok());
            let days = days.map(|n| from.plus(n)).collect();
            all.push(Unseen { line, days });
        }
    }
    Some(all)
}

/// The most payments of one dossier: their orders are tried.
const PAYMENTS: usize = 8;
/// The most lines of one dossier that nobody saw paid.
const LINES: usize = 11;

/// A payment of a component: its position in `Books::money`, and whether its own text links it as
/// soon as it counts.
pub(super) type Asked = (usize, bool);

/// Every way of a dossier for each set of these payments, the sets in the order of their bits; none
/// where something of it is beyond an enumeration.
pub(super) fn of_dossier(
    books: &Books,
    reach: &Reach,
    dossier: usize,
    payments: &[Asked],
) -> Option<Vec<Vec<Way>>> {
    let unseen = unseen_lines(books, reach, dossier)?;
    if payments.len() > PAYMENTS || (unseen.len() > LINES && !payments.is_empty()) {
        return None;
    }
    let sets = 0_usize..1 << payments.len();
    sets.map(|set| {
        let chosen = payments.iter().enumerate();
        let chosen = chosen.filter(|(bit, _)| set >> bit & 1 == 1);
        let chosen: Vec<Asked> = chosen.map(|(_, asked)| *asked).collect();
        let money: Vec<usize> = chosen.iter().map(|(money, _)| *money).collect();
        let ledger = Ledger::with(books, dossier, &money);
        let each = |line: usize| {
            let mut due = ledger.lines.iter();
            due.any(|due| due.line == line && due.paid == 0)
        };
        let mut all = ways(books, dossier, &ledger, &unseen, &each, None)?;
        all.extend(by_hand(books, dossier, &chosen, &unseen)?);
        Some(all.into_iter().collect())
    })
    .collect()
}

/// The ways in which people put payments to what is open, nothing that is there being moved: once
/// some of the unseen lines are found to be paid, whichever of the payments comes first.
fn by_hand(
    books: &Books,
    dossier: usize,
    chosen: &[Asked],
    unseen: &[Unseen],
) -> Option<BTreeSet<Way>> {
    let mut all = BTreeSet::new();
    let linked = Ledger::with(books, dossier, &[]);
    let mut money: Vec<usize> = chosen.iter().map(|(money, _)| *money).collect();
    money.sort_by_key(|money| super::paid::turn(books, *money));
    let of_text = chosen.iter().any(|(_, text)| *text);
    for found in 0..1_usize << unseen.len() {
        if money.is_empty() || (found == 0 && of_text) {
            continue;
        }
        let lines: BTreeSet<usize> = unseen
            .iter()
            .enumerate()
            .filter(|(bit, _)| found >> bit & 1 == 1)
            .map(|(_, one)| one.line)
            .collect();
        let mut room = linked.room();
        for (l, due) in linked.lines.iter().enumerate() {
            if lines.contains(&due.line) {
                room[l] = 0;
            }
        }
        for first in 0..1_usize << money.len() {
            let Some(told) = told(books, &money, first, &room) else {
                continue;
            };
            let ledger = Ledger::told(books, dossier, &told);
            let empty = |line: usize| {
                let mut due = ledger.lines.iter();
                due.any(|due| due.line == line && due.paid == 0)
            };
            all.extend(ways(books, dossier, &ledger, unseen, &empty, Some(&lines))?);
        }
    }
    Some(all)
}

/// Payments put to what is open, those of the set `first` before the others; none where nothing is
/// left for one.
fn told(books: &Books, money: &[usize], first: usize, room: &[i128]) -> Option<Vec<Told>> {
    let mut room = room.to_vec();
    let mut order: Vec<usize> = (0..money.len()).collect();
    order.sort_by_key(|n| first >> n & 1 == 0);
    let mut all = Vec::new();
    for n in order {
        let mut left = books.money[money[n]].amount();
        let mut parts = Vec::new();
        for (l, open) in room.iter_mut().enumerate() {
            let part = left.min(*open);
            *open -= part;
            left -= part;
            parts.extend((part > 0).then_some((l, part)));
        }
        if parts.is_empty() {
            return None;
        }
        all.push((money[n], Some(parts)));
    }
    Some(all)
}

/// The ways with a ledger: each unseen line that may be paid otherwise is or is not, or just those
/// of `found` are.
fn ways(
    books: &Books,
    dossier: usize,
    ledger: &Ledger,
    unseen: &[Unseen],
    empty: &dyn Fn(usize) -> bool,
    found: Option<&BTreeSet<usize>>,
) -> Option<BTreeSet<Way>> {
    // each line with the day and the means of money that nobody saw
    type Choice = BTreeMap<usize, (Day, bool)>;
    let mut choices: Vec<Choice> = vec![Choice::new()];
    for one in unseen {
        let wanted = found.is_none_or(|found| found.contains(&one.line));
        let means: &[bool] = match unseen_money(books) {
            _ if !wanted || !empty(one.line) => &[],
            true => &[true, false],
            false => &[true],
        };
        let mut more = Vec::new();
        for day in &one.days {
            for cash in means {
                more.extend(choices.iter().map(|choice| {
                    let mut choice = choice.clone();
                    choice.insert(one.line, (*day, *cash));
                    choice
                }));
            }
        }
        // what was found is there in every way
        if found.is_some() && wanted {
            choices.clear();
        }
        choices.extend(more);
        if choices.len() > WAYS {
            return None;
        }
    }
    let mut known = vec![counted(books, dossier, ledger)];
    for paid in &ledger.payments {
        if let Some(again) = perhaps(books, dossier, ledger, paid) {
            let with = known.iter().map(|way| [&way[..], &again].concat());
            let with: Vec<Way> = with.collect();
            known.extend(with);
        }
    }
    if known.len() * choices.len() > WAYS {
        return None;
    }
    let mut all: BTreeSet<Way> = BTreeSet::new();
    for choice in &choices {
        let mut own: Way = Vec::new();
        for (line, (day, cash)) in choice {
            let fee = books.lines[*line].fee;
            let agencies = [&fee.agency_code];
            own.extend(adds(TX, agencies, *day, *cash, 1));
            own.extend(adds(AMOUNT, agencies, *day, *cash, fee.amount.get()));
        }
        own.extend(in_full(books, dossier, ledger, choice));
        for way in &known {
            let mut way = [&way[..], &own].concat();
            way.sort();
            all.insert(way);
        }
    }
    Some(all)
}

/// Once in the total and once in each agency.
fn adds<'c>(
    definition: &'static str,
    agencies: impl IntoIterator<Item = &'c AgencyCode>,
    day: Day,
    cash: bool,
    v: i64,
) -> Way {
    let scopes = agencies.into_iter().cloned().map(Scope::Agency);
    let scopes = std::iter::once(Scope::Total).chain(scopes);
    let add = |scope| Add {
        definition,
        scope,
        day,
        pair: (if cash { 0 } else { v }, v),
    };
    scopes.map(add).collect()
}

fn dong(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(i64::MAX)
}

/// The agencies of some lines; the dossier's own where there are none.
fn agencies(books: &Books, dossier: usize, ledger: &Ledger, lines: &[usize]) -> Agencies {
    let of = |l: &usize| books.lines[ledger.lines[*l].line].fee.agency_code.clone();
    let some: Agencies = lines.iter().map(of).collect();
    if some.is_empty() {
        return Agencies::from([books.agency(dossier).clone()]);
    }
    some
}

type Agencies = BTreeSet<AgencyCode>;

/// An event: a payment, or all receipts of one cashier and moment.
type Event<'b> = (bool, i64, &'b str, &'b str);

fn event<'b>(books: &'b Books, paid: &Paid) -> Event<'b> {
    let money = &books.money[paid.money];
    match money.row {
        MoneyRow::Txn(txn) => (false, money.ms(), txn.source.as_str(), &*txn.id),
        MoneyRow::Receipt(receipt) => (true, money.ms(), &*receipt.cashier, ""),
    }
}

/// Payments, each event once, and their dong.
fn counted(books: &Books, dossier: usize, ledger: &Ledger) -> Way {
    let mut events: BTreeMap<Event, (Day, Agencies)> = BTreeMap::new();
    let mut way = Vec::new();
    for paid in ledger.payments.iter().filter(|paid| paid.did == Did::Paid) {
        let cash = books.money[paid.money].is_cash();
        let lines: Vec<usize> = paid.parts.iter().map(|(l, _)| *l).collect();
        let of = agencies(books, dossier, ledger, &lines);
        let all = events.entry(event(books, paid));
        all.or_insert_with(|| (day(books, paid), Agencies::new()))
            .1
            .extend(of);
        let mut sums: BTreeMap<&AgencyCode, i128> = BTreeMap::new();
        for (l, part) in &paid.parts {
            let due = &ledger.lines[*l];
            let gross = if paid.net { due.kept } else { 0 };
            let agency = &books.lines[due.line].fee.agency_code;
            *sums.entry(agency).or_default() += part + gross;
        }
        for (agency, sum) in sums {
            way.extend(adds(AMOUNT, [agency], day(books, paid), cash, dong(sum)));
        }
    }
    for ((cash, ..), (day, agencies)) in events {
        way.extend(adds(TX, &agencies, day, cash, 1));
    }
    way
}

/// What a payment adds if it is one, where it may be one: not certainly a repeat.
fn perhaps(books: &Books, dossier: usize, ledger: &Ledger, paid: &Paid) -> Option<Way> {
    let lines: &[usize] = match &paid.did {
        Did::Again {
            sure: false, lines, ..
        } => lines,
        Did::Stranger => &[],
        Did::Paid | Did::Again { .. } => return None,
    };
    let money = &books.money[paid.money];
    let (day, cash) = (money.day(), money.is_cash());
    let of = agencies(books, dossier, ledger, lines);
    let mut others = ledger
        .payments
        .iter()
        .filter(|other| other.did == Did::Paid);
    let own = event(books, paid);
    let counts = others.any(|other| event(books, other) == own);
    let mut way = adds(AMOUNT, &of, day, cash, dong(money.amount()));
    if !counts {
        way.extend(adds(TX, &of, day, cash, 1));
    }
    Some(way)
}

/// The dossier, where every line of it is paid in full.
fn in_full(
    books: &Books,
    dossier: usize,
    ledger: &Ledger,
    unseen: &BTreeMap<usize, (Day, bool)>,
) -> Way {
    let full = |due: &super::ledger::Due| due.is_full() || unseen.contains_key(&due.line);
    if ledger.lines.is_empty() || !ledger.lines.iter().all(full) {
        return Vec::new();
    }
    let kept = ledger.payments.iter().filter(|paid| !paid.parts.is_empty());
    let kept = kept.map(|paid| (day(books, paid), books.money[paid.money].is_cash()));
    let all: Vec<(Day, bool)> = kept.chain(unseen.values().copied()).collect();
    let cash = all.iter().any(|(_, cash)| *cash);
    let last = all.iter().map(|(day, _)| *day).max();
    last.map_or_else(Vec::new, |day| {
        adds(PAID, [books.agency(dossier)], day, cash, 1)
    })
}
