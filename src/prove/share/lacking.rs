//! Dossiers that lack money, told again where nothing but their lines, their money and the open
//! money decides: whether anything that is open can complete them, with or without cash, and on
//! which days the last payment may have come. Where a row names the dossier, or it is not told what
//! is open, it is seen to that nothing is left out that open money can do for certain. Where money
//! of the dossier went back or versions differ, nothing is said.

use std::collections::BTreeMap;

use super::super::books::{Books, Line, class};
use super::super::violation::{Findings, Invariant, text};
use super::components::named::by_reference;
use super::passed_over::is_told;
use super::reach::{Hull, Reach, widen};
use super::spans::{clipped, counted, over, unseen, unseen_money};
use super::{Pair, moved, told};
use crate::classify::Bucket;
use crate::domain::{Day, FeeStatus, Moment};
use crate::kpi::Contribution;

const PAID: &str = "DOSSIER_CASHLESS";

/// What is open that may pay a dossier.
#[derive(Clone, Copy)]
struct Open {
    /// Money without cash, of whatever amount.
    money: bool,
    /// That, or a refund that names it.
    any: bool,
    /// It comes to as much as somebody has to pay still.
    enough: bool,
    /// It may stand in the stead of what is there.
    instead: bool,
}

/// What the lines of a dossier lack.
#[derive(Default)]
struct Lacks {
    /// In all.
    dong: i128,
    /// Of it, some that somebody has to pay still.
    short: bool,
    /// The least that open money has to bring of it, in dong.
    need: i128,
    /// Of it, some that the registry calls paid.
    missing: bool,
    /// Of it, some that the registry calls paid, beside money that is spread over other lines.
    passed_over: bool,
    /// The days of the money that is there.
    paid: Hull,
    cash: bool,
    /// Money on a line that the registry calls paid was put there by no reference of its own.
    by_memo: bool,
    /// The day on which the point figure stands.
    day: Option<Day>,
    /// Days on which money may have come that nobody has seen: the earliest on which all of it can
    /// have come, the latest.
    unseen: Hull,
}

/// What a dossier that lacks money may add, on its own day and on others.
struct Wanted {
    day: Day,
    pairs: Vec<Pair>,
    days: (Day, Day),
}

pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    if !asked(books) {
        return;
    }
    // a grey zone makes cash, or nothing, of some ways
    let grey = books.rules.grey.changes();
    let told_all =
        !grey && books.open_refund_ms.is_none() && reach.exact && reach.unread_cash.is_none();
    let mut items: BTreeMap<&str, Vec<&Contribution>> = BTreeMap::new();
    for item in books.settlement.contributions.iter().copied() {
        if item.definition == PAID {
            items.entry(&item.item).or_default().push(item);
        }
    }
    for dossier in 0..books.dossiers.len() {
        if !is_plain(books, dossier) {
            continue;
        }
        let lacks = lacks(books, reach, dossier);
        if lacks.dong == 0 {
            continue;
        }
        let name = format!("dossier|{}", books.dossiers[dossier].code);
        let found = items.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let exact = told_all && !reach.named.contains(&dossier);
        let open = open(books, reach, dossier, &lacks, exact);
        let wanted = wanted(books, reach, dossier, &lacks, open);
        let holds = match &wanted {
            _ if exact => is_as(books, wanted.as_ref(), found),
            Some(wanted) => holds(books, wanted, found),
            None => true,
        };
        if !holds {
            let what = text(
                "tiền chưa rõ còn có thể làm hồ sơ này đủ hay không, và vào ngày nào",
                "whether open money can still complete this dossier, and on which days",
            );
            let say = |wanted: Wanted| {
                let (from, to) = wanted.days;
                format!("{} {:?} {from}..{to}", wanted.day, wanted.pairs)
            };
            let wanted = wanted.map_or_else(|| "-".to_owned(), say);
            findings.add(
                Invariant::Item,
                told(PAID, &name),
                what,
                wanted,
                super::shown(found),
            );
        }
    }
}

/// What is open that may pay it: all that may be, or (not `exact`) what certainly is.
fn open(books: &Books, reach: &Reach, dossier: usize, lacks: &Lacks, exact: bool) -> Open {
    let by = |dong: i128| {
        let day = if exact {
            reach.by(dong)
        } else {
            reach.surely_by(dong)
        };
        day.is_some()
    };
    let named = reach.claims.contains_key(&dossier);
    let money = by(1) || (!exact && named);
    Open {
        money,
        any: money || reach.doubts.contains(&dossier),
        enough: by(lacks.need.max(1)),
        instead: !stays(books, dossier) || named || by(lacks.dong + 1),
    }
}

fn asked(books: &Books) -> bool {
    books.inputs.business_date.is_some() || super::figures::is_wanted(books, PAID)
}

/// Nothing but lines, money and open money decides.
fn is_plain(books: &Books, dossier: usize) -> bool {
    let of = &books.dossiers[dossier];
    let stakes = of.stakes.iter().map(|s| &books.stakes[*s]);
    let mut plain = stakes.map(|stake| {
        let settles = stake.settles() && stake.surplus == 0;
        settles && !stake.undone && !stake.unsure && stake.returned == 0
    });
    let told = |line: &Line| {
        let differs = ["receipt_mismatch", "net_settlement", "conflict"];
        differs.iter().any(|class| line.says(class)) || books.differs(line)
    };
    let mut lines = of.lines.clone().map(|line| &books.lines[line]);
    !of.went_back && of.set.is_none() && plain.all(|plain| plain) && !lines.any(told)
}

fn lacks(books: &Books, reach: &Reach, dossier: usize) -> Lacks {
    let mut lacks = Lacks::default();
    for (at, line) in counted(books, dossier) {
        let mut last = None;
        for stake in line.stakes.iter().map(|s| &books.stakes[*s]) {
            let money = &books.money[stake.money];
            if stake.part(at) > 0 {
                widen(&mut lacks.paid, money.day());
                lacks.cash |= money.is_cash();
                let loose = money.txn().is_some_and(|txn| !by_reference(books, txn));
                lacks.by_memo |= loose && line.fee.status == FeeStatus::Paid;
                last = last.max(Some(money.day()));
            }
        }
        let gap = line.gap();
        if gap == 0 {
            lacks.day = lacks.day.max(last);
            continue;
        }
        lacks.dong += gap;
        let paid_at = line.fee.more.paid_at.as_ref().map(Moment::day);
        lacks.day = lacks.day.max(paid_at);
        let row = line.said;
        let open = row.filter(|row| row.bucket == Bucket::Open);
        match open.map_or("", class) {
            "missing_payment" | "missing_receipt" => lacks.missing = true,
            "pending" | "status_mismatch" => {}
            _ => {
                let told = is_told(books, line);
                let beside = line.paid == 0 && !books.dossiers[dossier].stakes.is_empty();
                lacks.passed_over |= beside && told == Some(true);
                let firm = firm(books, at);
                let many = books.totals(dossier).payable > 1 && firm == 0;
                if told.is_none() || !(beside || many) {
                    let need = line.due() - firm;
                    lacks.need += need - kept(books, need);
                }
                lacks.short = true;
                continue;
            }
        }
        if line.paid == 0 {
            let (from, to) = unseen(reach, line.fee);
            let (all, last) = lacks.unseen.unwrap_or((from, to));
            lacks.unseen = Some((all.max(from), last.max(to)));
        }
    }
    lacks
}

/// What stands on a line by its own reference, or by a person's word.
fn firm(books: &Books, line: usize) -> i128 {
    let stakes = books.lines[line].stakes.iter();
    let stakes = stakes.map(|stake| &books.stakes[*stake]);
    let stays = stakes.filter(|stake| !moved::is_loose(books, stake));
    stays.map(|stake| stake.part(line)).sum()
}

/// All that is there stays: each payment names the dossier by its reference, or a person put it
/// there.
fn stays(books: &Books, dossier: usize) -> bool {
    let stakes = books.dossiers[dossier].stakes.iter();
    let mut stakes = stakes.map(|stake| &books.stakes[*stake]);
    stakes.all(|stake| !moved::is_loose(books, stake))
}

/// The most that a provider may keep of so much.
fn kept(books: &Books, dong: i128) -> i128 {
    let fee = |rate: &crate::domain::NetRate| {
        let (num, den) = (rate.rate.num, rate.rate.den);
        let half_up = (dong * num * 2 + den).div_euclid(den * 2);
        half_up.max(rate.minimum.wide())
    };
    books.rules.net_rates.iter().map(fee).max().unwrap_or(0)
}

/// What it may add; none where nothing that is open can complete it. What is open may complete it
/// on any of its days, together with what is there or in its stead.
fn wanted(
    books: &Books,
    reach: &Reach,
    dossier: usize,
    lacks: &Lacks,
    open: Open,
) -> Option<Wanted> {
    let brought = !lacks.missing || unseen_money(books);
    let completed = !lacks.short || (open.any && open.enough);
    let alone = !lacks.short && !lacks.cash && brought;
    let goes = !lacks.cash || open.instead;
    let cashless = completed && (open.money && goes || alone);
    let told = lacks.cash || lacks.missing;
    let loose = open.any && (lacks.by_memo || lacks.passed_over);
    let cash = completed && (told || loose);
    if !cash && !cashless {
        return None;
    }
    let mut pairs = vec![(0, 0)];
    pairs.extend(cash.then_some((0, 1)));
    pairs.extend(cashless.then_some((1, 1)));
    // the last payment: where nothing is open, not before what is there
    let last = lacks.paid.map(|paid| paid.1);
    let to = last.max(lacks.unseen.map(|unseen| unseen.1));
    let to = to.unwrap_or(reach.last_day);
    let from = last.max(lacks.unseen.map(|unseen| unseen.0));
    let received = books.dossiers[dossier].code.received_on();
    let day = lacks.day.or(received).unwrap_or(reach.last_day);
    let days = match moved::days(books, reach, dossier) {
        Some(days) if open.any => days,
        _ if open.any => (day, day),
        _ => (from.unwrap_or(to), to),
    };
    Some(Wanted { day, pairs, days })
}

/// Each of its contributions is what is wanted, go-live taken into account.
fn is_as(books: &Books, wanted: Option<&Wanted>, found: &[&Contribution]) -> bool {
    let start = books.rules.start;
    let old = |wanted: &Wanted| start.is_some_and(|start| wanted.day < start);
    let Some(wanted) = wanted.filter(|_| !found.is_empty()) else {
        // older than go-live: nothing is left
        return found.is_empty() && wanted.is_none_or(old);
    };
    let old = old(wanted);
    let (from, to) = wanted.days;
    let spans = clipped(over(wanted.day, (from, to), &wanted.pairs), start);
    let here = from <= wanted.day && wanted.day <= to;
    let outcomes = if here && !old {
        wanted.pairs.clone()
    } else {
        vec![(0, 0)]
    };
    let same = |item: &&Contribution| {
        let day = old || item.day == wanted.day;
        day && item.outcomes == outcomes && item.elsewhere == spans
    };
    found.iter().all(same)
}

/// Each of its contributions has every pair that is wanted, on each of the days.
fn holds(books: &Books, wanted: &Wanted, found: &[&Contribution]) -> bool {
    if books.rules.start.is_some() {
        return true; // clipped: what is left does not tell what was there
    }
    let (from, to) = wanted.days;
    let has = |item: &&Contribution| {
        let whenever = |pair: &Pair| {
            let here = (from, to) == (item.day, item.day) && item.outcomes.contains(pair);
            let mut spans = item.elsewhere.iter();
            here || spans.any(|s| s.outcome == *pair && s.from <= from && to <= s.to)
        };
        let mut pairs = wanted.pairs.iter().filter(|pair| **pair != (0, 0));
        pairs.all(whenever)
    };
    !found.is_empty() && found.iter().all(has)
}
