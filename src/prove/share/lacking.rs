//! Dossiers that lack money, told again where nothing but their lines, their money and the open
//! money decides: whether open money can complete them, with or without cash, and on which days
//! the last payment may have come. Where a row names the dossier, money went back or versions
//! differ, nothing is said.

use std::collections::BTreeMap;

use super::super::books::{Books, Line, class};
use super::super::violation::{Findings, Invariant, text};
use super::reach::{Hull, Reach, widen};
use super::spans::{clipped, counted, over, unseen, unseen_money};
use super::{Pair, told};
use crate::classify::Bucket;
use crate::domain::{Day, Moment};
use crate::kpi::{Contribution, Scope};

const PAID: &str = "DOSSIER_CASHLESS";

/// Dong that only open money can bring, and the most that providers may keep of it.
#[derive(Clone, Copy, Default)]
struct Need {
    dong: i128,
    kept: i128,
}

impl Need {
    fn add(&mut self, books: &Books, dong: i128) {
        let fee = |rate: &crate::domain::NetRate| {
            let (num, den) = (rate.rate.num, rate.rate.den);
            let half_up = (dong * num * 2 + den).div_euclid(den * 2);
            half_up.max(rate.minimum.wide())
        };
        self.dong += dong;
        self.kept += books.rules.net_rates.iter().map(fee).max().unwrap_or(0);
    }

    fn day(self, reach: &Reach) -> Option<Day> {
        reach.by((self.dong - self.kept).max(1))
    }
}

/// What the lines of a dossier lack.
#[derive(Default)]
struct Lacks {
    /// In all.
    dong: i128,
    /// Of it, what somebody has to pay still.
    short: Need,
    /// Of it, what the registry calls paid.
    missing: Need,
    /// The days of the money that is there.
    paid: Hull,
    cash: bool,
    /// The day on which the point figure stands.
    day: Option<Day>,
    /// Days on which money may have come that nobody has seen: the earliest, the earliest on which
    /// all of it can have come, the latest.
    unseen: Option<(Day, Day, Day)>,
}

/// What a dossier that lacks money may add, on its own day and on others.
struct Wanted {
    day: Day,
    pairs: Vec<Pair>,
    days: (Day, Day),
}

pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    let refunds = books.open_refund_ms.is_some();
    if refunds || !reach.exact || reach.unread_cash.is_some() || !asked(books) {
        return;
    }
    let mut totals: BTreeMap<&str, &Contribution> = BTreeMap::new();
    for item in &books.settlement.contributions {
        if item.definition == PAID && item.scope == Scope::Total {
            totals.insert(&item.item, item);
        }
    }
    for dossier in 0..books.dossiers.len() {
        if !is_plain(books, dossier) || reach.named.contains(&dossier) {
            continue;
        }
        let lacks = lacks(books, reach, dossier);
        if lacks.dong == 0 {
            continue;
        }
        let name = format!("dossier|{}", books.dossiers[dossier].code);
        let found = totals.get(name.as_str()).copied();
        let wanted = wanted(books, reach, dossier, &lacks);
        if !is_as(books, wanted.as_ref(), found) {
            let what = text(
                "tiền chưa rõ còn có thể làm hồ sơ này đủ hay không, và vào ngày nào",
                "whether open money can still complete this dossier, and on which days",
            );
            let say = |wanted: Wanted| {
                let (from, to) = wanted.days;
                format!("{} {:?} {from}..{to}", wanted.day, wanted.pairs)
            };
            let wanted = wanted.map_or_else(|| "-".to_owned(), say);
            let found = found.map_or_else(|| "-".to_owned(), |item| super::shown(&[item]));
            findings.add(Invariant::Item, told(PAID, &name), what, wanted, found);
        }
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
        let key = line.fee.key();
        let differs = ["receipt_mismatch", "net_settlement", "conflict"];
        differs.iter().any(|class| books.says(&key, class)) || books.conflicts.contains(&key)
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
        let row = books.row(&line.fee.key());
        let open = row.filter(|row| row.bucket == Bucket::Open);
        match open.map_or("", class) {
            "missing_payment" | "missing_receipt" => lacks.missing.add(books, gap),
            "pending" | "status_mismatch" => {}
            _ => {
                lacks.short.add(books, gap);
                continue;
            }
        }
        if line.paid == 0 {
            let (from, to) = unseen(reach, line.fee);
            let (first, all, last) = lacks.unseen.unwrap_or((from, from, to));
            lacks.unseen = Some((first.min(from), all.max(from), last.max(to)));
        }
    }
    lacks
}

/// What it may add; none where nothing that is open can complete it.
fn wanted(books: &Books, reach: &Reach, dossier: usize, lacks: &Lacks) -> Option<Wanted> {
    let short = lacks.short.dong > 0;
    let missing = lacks.missing.dong > 0;
    // where more is open than it lacks, what is there may be too much and something else in its
    // place
    let loose = reach.by(lacks.dong + 1).is_some();
    let day_short = lacks.short.day(reach);
    let completed = !short || day_short.is_some();
    let together = Need {
        dong: lacks.short.dong + lacks.missing.dong,
        kept: lacks.short.kept + lacks.missing.kept,
    };
    let brought = completed && (!missing || unseen_money(books));
    let by_credits = missing && together.day(reach).is_some();
    let cashless = (!lacks.cash || loose) && (brought || by_credits);
    let cash = completed && (lacks.cash || missing);
    if !cash && !cashless {
        return None;
    }
    let mut pairs = vec![(0, 0)];
    pairs.extend(cash.then_some((0, 1)));
    pairs.extend(cashless.then_some((1, 1)));
    // the last payment: not before what is there, nor before open money reaches what it must bring
    let (first, last) = match reach.days() {
        Some((first, last)) => (Some(first), Some(last)),
        None => (None, None),
    };
    let bound = day_short.filter(|_| short);
    let there = lacks.paid.map(|paid| paid.1).filter(|_| !loose);
    let begin = match (lacks.unseen, first) {
        (Some((earliest, ..)), Some(first)) => Some(earliest.min(first)),
        (Some((_, all, _)), None) => Some(all),
        (None, _) => bound.or(first.filter(|_| lacks.paid.is_none())),
    };
    let latest = last.max(lacks.paid.map(|paid| paid.1));
    let to = latest.max(lacks.unseen.map(|(.., last)| last));
    let to = to.unwrap_or(reach.last_day);
    let anything = lacks.paid.map(|paid| paid.0).into_iter().chain(first).min();
    let from = there.max(begin).max(bound).or(anything).unwrap_or(to);
    let received = books.dossiers[dossier].code.received_on();
    let day = lacks.day.or(received).unwrap_or(reach.last_day);
    Some(Wanted {
        day,
        pairs,
        days: (from, to),
    })
}

/// The contribution is what is wanted, go-live taken into account.
fn is_as(books: &Books, wanted: Option<&Wanted>, found: Option<&Contribution>) -> bool {
    let (Some(wanted), Some(found)) = (wanted, found) else {
        // older than go-live: nothing is left
        let start = books.rules.start;
        let old = |wanted: &Wanted| start.is_some_and(|start| wanted.day < start);
        return found.is_none() && wanted.is_none_or(old);
    };
    let (from, to) = wanted.days;
    let all = over(wanted.day, (from, to), &wanted.pairs);
    let spans = clipped(all, books.rules.start);
    let old = books.rules.start.is_some_and(|start| wanted.day < start);
    let here = from <= wanted.day && wanted.day <= to;
    let outcomes = if here && !old {
        wanted.pairs.clone()
    } else {
        vec![(0, 0)]
    };
    (old || found.day == wanted.day) && found.outcomes == outcomes && found.elsewhere == spans
}
