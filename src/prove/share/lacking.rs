//! Dossiers that lack money, told again where nothing but their lines, their money and the open
//! money decides: whether open money can complete them, with or without cash, and on which days
//! the last payment may have come. Where a row names the dossier, or it is not told how much is
//! open, it is seen to that nothing is left out that open money can do for certain. Where money of
//! the dossier went back or versions differ, nothing is said.

use std::collections::BTreeMap;

use super::super::books::{Books, Line, class};
use super::super::violation::{Findings, Invariant, text};
use super::components::named::by_reference;
use super::reach::{Hull, Reach, widen};
use super::spans::{clipped, counted, over, unseen, unseen_money};
use super::{Pair, told};
use crate::classify::Bucket;
use crate::domain::{Day, FeeStatus, Moment};
use crate::kpi::Contribution;

const PAID: &str = "DOSSIER_CASHLESS";

/// The first day by which open money comes to so much.
type By<'r> = &'r dyn Fn(i128) -> Option<Day>;

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

    fn day(self, by: By) -> Option<Day> {
        by((self.dong - self.kept).max(1))
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
    /// Money on a line that the registry calls paid was put there by no reference of its own.
    by_memo: bool,
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
    if !asked(books) {
        return;
    }
    // a grey zone makes cash, or nothing, of some ways
    let grey = books.rules.grey.changes();
    let told_all =
        !grey && books.open_refund_ms.is_none() && reach.exact && reach.unread_cash.is_none();
    let mut items: BTreeMap<&str, Vec<&Contribution>> = BTreeMap::new();
    for item in &books.settlement.contributions {
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
        let (most, least) = (|dong| reach.by(dong), |dong| reach.surely_by(dong));
        let by: By = if exact { &most } else { &least };
        let wanted = wanted(books, reach, dossier, &lacks, by);
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
fn wanted(books: &Books, reach: &Reach, dossier: usize, lacks: &Lacks, by: By) -> Option<Wanted> {
    let short = lacks.short.dong > 0;
    let missing = lacks.missing.dong > 0;
    // where more is open than it lacks, what is there may be too much and something else in its
    // place
    let loose = by(lacks.dong + 1).is_some();
    let day_short = lacks.short.day(by);
    let completed = !short || day_short.is_some();
    let together = Need {
        dong: lacks.short.dong + lacks.missing.dong,
        kept: lacks.short.kept + lacks.missing.kept,
    };
    let brought = completed && (!missing || unseen_money(books));
    let by_credits = missing && together.day(by).is_some();
    let cashless = (!lacks.cash || loose) && (brought || by_credits);
    let cash = completed && (lacks.cash || missing || (loose && lacks.by_memo));
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

/// Each of its contributions has every pair that is wanted, on whatever day.
fn holds(books: &Books, wanted: &Wanted, found: &[&Contribution]) -> bool {
    if books.rules.start.is_some() {
        return true; // clipped: what is left does not tell what was there
    }
    let has = |item: &&Contribution| {
        let seen: Vec<Pair> = super::pairs(item).collect();
        wanted
            .pairs
            .iter()
            .all(|pair| *pair == (0, 0) || seen.contains(pair))
    };
    !found.is_empty() && found.iter().all(has)
}
