//! `DOSSIER_CASHLESS` and `DOSSIER_ONLINE`: dossiers whose every line is paid and kept count,
//! without cash above; a dossier that lacks money is open at best.

use std::collections::BTreeSet;

use super::super::books::{Books, Dossier, Line, Stake};
use super::{Expected, Wanted, everywhere};
use crate::domain::{AgencyCode, Day, FilingChannel, Moment};

pub(super) fn expect(books: &Books, expected: &mut Vec<Expected>) {
    for dossier in &books.dossiers {
        expected.extend(cashless(books, dossier));
        expected.extend(online(books, dossier));
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
    counted().next()?;
    let expected = |wanted, day| Expected {
        definition: "DOSSIER_CASHLESS",
        item: item(dossier),
        day,
        wanted,
    };
    let doubt = |(at, line): (usize, &Line)| {
        let key = line.fee.key();
        line.refunded > 0
            || books.conflicts.contains(&key)
            || books.says(&key, "receipt_mismatch")
            || (line.gap() > 0 && books.says(&key, "net_settlement"))
            || line
                .stakes
                .iter()
                .any(|s| books.stakes[*s].part(at) > 0 && books.stakes[*s].unsure)
    };
    let net_only = |(_, line): (usize, &Line)| {
        line.gap() > 0 && line.refunded == 0 && books.says(&line.fee.key(), "net_settlement")
    };
    if dossier.went_back || counted().any(|line| doubt(line) && !net_only(line)) {
        return Some(expected(Wanted::Anything, None));
    }
    if counted().any(|line| books.lines[line.0].gap() > 0 && !net_only(line)) {
        // short: whatever it may still become, it is not paid yet
        return Some(expected(Wanted::Open, None));
    }
    let stakes = || dossier.stakes.iter().map(|s| &books.stakes[*s]);
    let settled = |stake: &&Stake| !stake.undone && stake.settled() > 0;
    let cash = stakes()
        .filter(settled)
        .any(|stake| books.money[stake.money].is_cash());
    let pair = if cash { (0, 1) } else { (1, 1) };
    let day = completed(books, counted().map(|(at, _)| at));
    Some(expected(everywhere(&agency(books, dossier), pair), day))
}

/// The day on which the last line was completed; none where a decision or a change of places among
/// equal payments leaves open which payment completed a line.
fn completed(books: &Books, lines: impl Iterator<Item = usize>) -> Option<Day> {
    let mut last: Option<Day> = None;
    for at in lines {
        let live = books.lines[at].stakes.iter().map(|s| &books.stakes[*s]);
        let live: Vec<&Stake> = live.filter(|s| !s.undone && s.part(at) > 0).collect();
        let days: BTreeSet<Day> = live.iter().map(|s| books.money[s.money].day()).collect();
        if days.len() > 1 && live.iter().any(|stake| stake.decided) {
            return None;
        }
        let amounts: BTreeSet<i128> = live.iter().map(|s| books.money[s.money].amount()).collect();
        if days.len() > 1 && amounts.len() < live.len() {
            return None;
        }
        last = last.max(days.last().copied());
    }
    last
}

fn online(books: &Books, dossier: &Dossier) -> Option<Expected> {
    let fees = || dossier.lines.clone().map(|line| books.lines[line].fee);
    let channel = fees().find_map(|fee| fee.more.filing_channel)?;
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
