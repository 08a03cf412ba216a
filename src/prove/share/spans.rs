//! The days on which open items may still fall, and what open money can reach, told again. Fees,
//! refunds and what open money may displace: exactly. Dossiers that lack money: exactly where
//! nothing but their lines, their money and the open money decides; of the others it is seen to
//! that no span leaves the days on which anything happened.

use std::collections::BTreeSet;

use super::super::books::{Books, Line, Stake, class};
use super::super::violation::{Findings, Invariant, text};
use super::by_item::ByItem;
use super::components::named::named;
use super::components::waits;
use super::events::{Event, event};
use super::moved::{self, may_move, moves};
use super::reach::{Hull, Reach, widen};
use super::{Pair, lacking, passed_over, sent_back, told, unread};
use crate::domain::{Day, Fee, FeeStatus, Text, TxnKind};
use crate::kpi::{Contribution, Elsewhere, Scope};

const TX: &str = "TX_CASHLESS";
const AMOUNT: &str = "AMOUNT_CASHLESS";
const PAID: &str = "DOSSIER_CASHLESS";
const ALL: &str = "ALL_DOSSIERS";

const WHERE: Text = text(
    "khoản còn mở chỉ có thể rơi vào những ngày mà các dòng cho phép",
    "an open item falls on the days that the rows allow, and on no others",
);
const REACHED: Text = text(
    "tiền chưa rõ còn có thể bù vào hồ sơ này hay không",
    "whether open money can still complete or displace this",
);

/// Spans of a contribution, for one comparison.
type Spans = Vec<Elsewhere>;

pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    let epoch = Day::of_ms(0);
    for item in books.settlement.contributions.iter().copied() {
        let mut say = |wanted: Spans| {
            let wanted = clipped(wanted, books.rules.start);
            if wanted != item.elsewhere {
                say(item, WHERE, &shown(&wanted), findings);
            }
        };
        let (kind, name) = item.item.split_once('|').unwrap_or_default();
        match (item.definition, kind) {
            (definition, "unread") if definition != "CUSTOM" => {
                say(unread::spans(reach, item));
            }
            (TX | AMOUNT, "fee") => {
                if let Some(wanted) = of_fee(books, reach, item, name) {
                    say(wanted);
                }
            }
            (TX | AMOUNT | PAID | ALL, "txn") => match refund(books, name) {
                Some(paid_on) if item.definition == PAID => {
                    let last = reach.last_day.max(paid_on);
                    if !of_refund(reach, item, last, books.rules.start) {
                        self::say(item, WHERE, &last.to_string(), findings);
                    }
                }
                Some(_) if item.definition == ALL => say(back(item, (epoch, reach.last_day))),
                Some(paid_on) => say(back(item, (epoch, paid_on))),
                None if item.definition == PAID || item.definition == ALL => {}
                None if !displaced(books, reach, item) || is_rash_fee(books, reach, item, name) => {
                    let days = format!("{:?}", reach.days());
                    self::say(item, WHERE, &days, findings);
                }
                None => {}
            },
            (PAID, "dossier") => {
                if !in_hull(books, reach, item, name) {
                    self::say(item, WHERE, "-", findings);
                }
            }
            // told by its parameters
            ("CUSTOM", _) => {}
            _ => say(Vec::new()),
        }
    }
    displacing(books, reach, findings);
    moved::check(books, reach, findings);
    passed_over::check(books, reach, findings);
    sent_back::check(books, reach, findings);
    lacking::check(books, reach, findings);
}

pub(super) fn say(item: &Contribution, what: Text, wanted: &str, findings: &mut Findings) {
    let about = format!("{} [{}]", told(item.definition, &item.item), item.scope);
    let found = shown(&item.elsewhere);
    findings.add(Invariant::Item, about, what, wanted, found);
}

fn shown(spans: &[Elsewhere]) -> String {
    let one = |s: &Elsewhere| {
        let (a, b) = s.outcome;
        format!("{a}/{b} {}..{}", s.from, s.to)
    };
    spans.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What is left of spans when nothing before go-live counts.
pub(super) fn clipped(mut spans: Spans, start: Option<Day>) -> Spans {
    spans.sort_unstable();
    if let Some(start) = start {
        spans.retain(|span| span.to >= start);
        for span in &mut spans {
            span.from = span.from.max(start);
        }
    }
    spans
}

/// Each pair that adds something, on the days given; none where that is the item's own day.
pub(super) fn over(day: Day, (from, to): (Day, Day), pairs: &[Pair]) -> Spans {
    let pairs = pairs.iter().filter(|pair| **pair != (0, 0));
    let pairs = pairs.filter(|_| (from, to) != (day, day));
    pairs
        .map(|&outcome| Elsewhere { from, to, outcome })
        .collect()
}

/// The days on which money for a fee may have come that nobody has seen: the registry's, else any
/// since the dossier came in.
pub(super) fn unseen(reach: &Reach, fee: &Fee) -> (Day, Day) {
    unseen_between(reach.last_day, fee)
}

pub(super) fn unseen_between(last: Day, fee: &Fee) -> (Day, Day) {
    if let Some(paid) = &fee.more.paid_at {
        return (paid.day(), paid.day());
    }
    let received = fee.dossier_code.received_on();
    let first = received.unwrap_or(Day::of_ms(0));
    (first.min(last), last)
}

fn of_fee(books: &Books, reach: &Reach, item: &Contribution, name: &str) -> Option<Spans> {
    let (code, id) = name.split_once('|')?;
    let line = &books.lines[books.line_at(code, id)?];
    let (fee, row) = (line.fee, line.said?);
    let v = if item.definition == TX {
        1
    } else {
        fee.amount.get()
    };
    let mut pairs = match class(row) {
        "pending" | "status_mismatch" => vec![(v, v)],
        told if !told.starts_with("missing_") && fee.status != FeeStatus::Paid => vec![(v, v)],
        _ if unseen_money(books) => vec![(0, v), (v, v)],
        _ => vec![(0, v)],
    };
    // what nobody has seen may be of a grey zone that counts as cash
    let mut rules = books.rules.grey.rules.iter();
    let cash = rules.any(|rule| rule.treat == crate::domain::Treat::Cash);
    if cash && !pairs.contains(&(0, v)) {
        pairs.push((0, v));
    }
    let days = unseen(reach, fee);
    let day = if days.0 == days.1 {
        days.0
    } else {
        row.business_date
    };
    Some(over(day, days, &pairs))
}

pub(super) fn unseen_money(books: &Books) -> bool {
    let mut sources = books.inputs.sources.iter();
    sources.any(|s| s.carries_money && !s.is_whole())
}

/// A payment of one of several dossiers that counts as one for certain, although one of them may be
/// paid otherwise: by other money that is open, or by what the registry tells of. Then it may be
/// the repeat, or no fee.
fn is_rash_fee(books: &Books, reach: &Reach, item: &Contribution, name: &str) -> bool {
    let counts = item.outcomes.iter().all(|(a, _)| *a > 0);
    let told = name.split_once('|');
    let found = told.and_then(|(source, id)| {
        let money = &books.money[books.txn_at(source, id)?];
        money.said.map(|row| (money, row))
    });
    let Some((money, row)) = found.filter(|_| counts && item.scope == Scope::Total) else {
        return false;
    };
    let dossiers = || named(books, money, row).dossiers;
    let called = |dossiers: &BTreeSet<usize>| {
        let lines = dossiers
            .iter()
            .flat_map(|d| books.dossiers[*d].lines.clone());
        let mut lines = lines.map(|line| books.lines[line].fee.status);
        lines.any(|status| status == FeeStatus::Refunded)
    };
    class(row) == "ambiguous"
        && books.rules.start.is_none()
        && (reach.open_rows > 1 || waits(books, &dossiers()) || called(&dossiers()))
}

/// The day of an open refund.
fn refund(books: &Books, name: &str) -> Option<Day> {
    let (source, id) = name.split_once('|')?;
    let money = &books.money[books.txn_at(source, id)?];
    let txn = money.txn().filter(|txn| txn.kind != TxnKind::Payment)?;
    money.back.is_empty().then_some(txn.paid_on)
}

/// Money that went back: of a payment without cash or of counter cash, of whatever day before it.
fn back(item: &Contribution, (from, to): (Day, Day)) -> Spans {
    let taken = item
        .elsewhere
        .iter()
        .map(|span| span.outcome.1.min(span.outcome.0));
    let v = taken.min().unwrap_or(-1);
    let pairs = if item.definition == ALL {
        vec![(v, 0)]
    } else {
        vec![(v, v), (0, v)]
    };
    over(item.day, (from, to), &pairs)
}

/// A refund of a dossier nobody knows: what it took may be of any day, what open money paid again
/// not before that came.
fn of_refund(reach: &Reach, item: &Contribution, last: Day, start: Option<Day>) -> bool {
    let (sure, all) = (reach.sure_days(), reach.days());
    let takes = |s: &&Elsewhere| s.outcome.1 < 0;
    let (taken, given): (Vec<_>, Vec<_>) = item.elsewhere.iter().partition(takes);
    // what began before go-live begins with it
    let counts = |day: Day| start.map_or(day, |start| day.max(start));
    let begins = |from: Day| {
        let not_before = all.is_some_and(|all| counts(all.0) <= from);
        not_before && sure.is_none_or(|sure| from <= counts(sure.0))
    };
    let whole = |s: &&Elsewhere| s.to == last;
    let early = item.elsewhere.iter().all(|s| s.from >= Day::of_ms(0));
    taken.len() == 2
        && early
        && item.elsewhere.iter().all(|s| whole(&s))
        && (given.iter().all(|s: &&Elsewhere| begins(s.from)))
        && (given.len() == 2 || (given.is_empty() && sure.is_none_or(|sure| counts(sure.0) > last)))
}

/// What takes the place of a payment counts by itself, and may take that of several at once: so a
/// payment stays on its own day, and where it hangs on what is open it may count nowhere. Only one
/// of several dossiers ([`is_rash_fee`]) may hang and count all the same.
fn displaced(books: &Books, reach: &Reach, item: &Contribution) -> bool {
    if books.rules.start.is_some() {
        return true; // clipped: what is left does not tell from where
    }
    let one_of = |name: &str| {
        let (source, id) = name.split_once('|')?;
        let row = books.money[books.txn_at(source, id)?].said?;
        Some(class(row) == "ambiguous")
    };
    let name = item.item.strip_prefix("txn|").unwrap_or_default();
    // a grey zone may make an item hang that stays all the same
    let zoned = books.rules.grey.changes();
    let stays = item.coupled && !zoned && !item.outcomes.contains(&(0, 0));
    // counter cash may have paid what it seemed to pay, on a day on which nobody saw it
    let days = cash_days(books, reach, name);
    let fits =
        |span: &Elsewhere| days.is_some_and(|(first, last)| first <= span.from && span.to <= last);
    let cash = |span: &Elsewhere| span.outcome.0 == 0 && span.outcome.1 > 0 && fits(span);
    item.elsewhere.iter().all(cash) && (!stays || one_of(name) == Some(true))
}

/// The days on which money that nobody saw may have come for what a payment settled.
fn cash_days(books: &Books, reach: &Reach, name: &str) -> Hull {
    let (source, id) = name.split_once('|')?;
    let mut days = None;
    for stake in &books.money[books.txn_at(source, id)?].stakes {
        let dossier = books.stakes[*stake].dossier;
        if let Some((from, to)) = reach.unseen[dossier] {
            widen(&mut days, from);
            widen(&mut days, to);
        }
    }
    days
}

/// The lines of a dossier that count.
pub(super) fn counted<'b>(
    books: &'b Books,
    dossier: usize,
) -> impl Iterator<Item = (usize, &'b Line<'b>)> {
    let lines = books.dossiers[dossier].lines.clone();
    let lines = lines.map(|l| (l, &books.lines[l]));
    lines.filter(|(_, line)| line.payable && !line.land)
}

/// Money of a dossier that lacks some, where open money holds more than that, may be too much, and
/// hangs on it. What hangs on open money has a reason.
fn displacing(books: &Books, reach: &Reach, findings: &mut Findings) {
    let of_payments = |item: &Contribution| matches!(item.definition, TX | AMOUNT);
    let held = ByItem::new(&books.settlement.contributions, of_payments);
    let mut found = Vec::new();
    let mut name = String::new();
    for (money, stake) in sure_stakes(books) {
        let must = self::must(books, reach, stake);
        let went_back = books.dossiers[stake.dossier].went_back;
        let again = reach.paid_again.contains(&stake.dossier);
        let goes = again || reach.may_go_back(stake.dossier);
        let touched = goes || went_back || lacks(books, stake.dossier) > 0 && reach.by(1).is_some();
        let may = touched || reach.named.contains(&stake.dossier) || may_move(books, reach, stake);
        let money = &books.money[money];
        let alone = money.stakes.len() == 1 && !money.is_cash();
        let Some(txn) = money.txn().filter(|_| alone) else {
            continue;
        };
        name.clear();
        name.extend(["txn|", txn.source.as_str(), "|", &*txn.id]);
        for definition in [TX, AMOUNT] {
            held.of(held.find(definition, &name), &mut found);
            // open money of the same payer may put it into a grey zone
            let may = may || books.rules.grey.changes();
            let wrong = |item: &&Contribution| (must && !item.coupled) || (item.coupled && !may);
            if found.iter().any(wrong) {
                let about = super::told(definition, &name);
                findings.add(Invariant::Item, about, REACHED, must, !must);
            }
            let stuck = |item: &&&Contribution| !item.outcomes.contains(&(0, 0));
            if must
                && books.rules.start.is_none()
                && let Some(item) = found.iter().find(stuck)
            {
                say(item, REACHED, "0/0", findings);
            }
        }
    }
}

/// What a dossier lacks.
fn lacks(books: &Books, dossier: usize) -> i128 {
    books.totals(dossier).lacks
}

/// Open money may take the place of this one, or move it.
pub(super) fn must(books: &Books, reach: &Reach, stake: &Stake) -> bool {
    let lacks = lacks(books, stake.dossier);
    let net = books.totals(stake.dossier).says_net;
    let claimed = reach.claims.get(&stake.dossier).copied().unwrap_or(0);
    let more = lacks > 0 && reach.surely_by(lacks + 1).is_some();
    let told = !net && !books.dossiers[stake.dossier].went_back;
    told && (more || claimed > lacks) || moves(books, reach, stake)
}

pub(super) fn sure_stakes<'b, 'a>(
    books: &'b Books<'a>,
) -> impl Iterator<Item = (usize, &'b Stake<'a>)> {
    let sure = |stake: &&Stake| matches!(event(books, stake), Event::Sure);
    let stakes = books.stakes.iter().filter(sure);
    stakes.map(|stake| (stake.money, stake))
}

/// Every day on which something happened that a dossier may hang on.
fn in_hull(books: &Books, reach: &Reach, item: &Contribution, code: &str) -> bool {
    let Some(dossier) = books.dossier_at(code) else {
        return true; // `items` says so
    };
    if item.elsewhere.is_empty() {
        return true;
    }
    let mut hull: Hull = Some((item.day, item.day));
    let of = &books.dossiers[dossier];
    for stake in of.stakes.iter().map(|s| &books.stakes[*s]) {
        widen(&mut hull, books.money[stake.money].day());
    }
    for (_, line) in counted(books, dossier) {
        let (from, to) = unseen(reach, line.fee);
        widen(&mut hull, from);
        widen(&mut hull, to);
    }
    for (from, to) in [reach.days(), reach.cash].into_iter().flatten() {
        widen(&mut hull, from);
        widen(&mut hull, to);
    }
    widen(&mut hull, reach.last_day);
    let start = books.rules.start;
    let within = |s: &Elsewhere| {
        hull.is_some_and(|(first, last)| (first <= s.from || Some(s.from) == start) && s.to <= last)
    };
    item.elsewhere.iter().all(within)
}
