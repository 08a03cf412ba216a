//! The share, told again: first what each item must add by its row and the table of classes, then
//! every figure, bound and verdict by adding up those items one by one.
//!
//! An item's point figure, and every outcome that the table of classes demands of it, must be
//! there; what is more than that is accepted only of an item that is marked as hanging on others,
//! while some row is open. On which other days its outcomes may fall, and which dossiers open money
//! can still reach, is told again from the rows (`reach`, `spans`, `lacking`).

mod adding;
mod again;
mod amount;
mod bounds;
mod by_item;
mod cells;
mod components;
mod custom;
mod day_sums;
mod dossiers;
mod events;
mod figures;
mod grey;
mod lacking;
mod moved;
mod passed_over;
mod procedures;
mod reach;
mod registry;
mod sent_back;
mod spans;
mod sum;
mod unread;

use std::collections::BTreeSet;

use super::books::Books;
use super::violation::{Findings, Invariant, text};
use crate::domain::{AgencyCode, Day, ExceptionId};
use crate::kpi::{Contribution, Scope};
use by_item::ByItem;

/// A numerator with its denominator.
type Pair = (i64, i64);

/// What an item must add to one definition.
#[derive(Clone, Debug)]
enum Wanted {
    /// Exactly this in each scope; where an open row may take its place, others too.
    Firm(Vec<(Scope, Pair)>),
    /// In each scope at least these outcomes.
    Holds(Vec<Pair>),
    /// A payment of at least so much (its amount) and at most so much (net of a fee), or none.
    Credit(i64, i64),
    /// A payment of at most so much (its amount; net of a fee), of one of several dossiers.
    Ambiguous(i64, i64),
    /// Nothing by the point figure; it may take back so much or more, of whatever payment.
    Back(i64),
    /// Nothing firm: what lacks money may stay without, and counts as without.
    Open,
    /// The point figure of an item that is always in the denominator.
    First(Pair),
    /// Perhaps something.
    Anything,
    /// A row that could not be read: one more or one less, each worth at least and at most so much;
    /// with the exception that settles it.
    Unread(i64, i64, Option<ExceptionId>),
}

/// One item of one definition, as the rows have it.
struct Expected {
    definition: &'static str,
    item: String,
    /// The day that decides its period; none where it cannot be told.
    day: Option<Day>,
    wanted: Wanted,
}

/// The same pair over all and in each agency.
fn everywhere(agencies: &BTreeSet<AgencyCode>, pair: Pair) -> Wanted {
    let scopes = agencies.iter().cloned().map(Scope::Agency);
    let scopes = std::iter::once(Scope::Total).chain(scopes);
    Wanted::Firm(scopes.map(|scope| (scope, pair)).collect())
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let mut expected = Vec::new();
    let sums = day_sums::DaySums::new(books);
    events::expect(books, &sums, &mut expected);
    amount::expect(books, &sums, &mut expected);
    dossiers::expect(books, &mut expected);
    registry::expect(books, &mut expected);
    unread::expect(books, &mut expected);
    // a night keeps what every definition counts, `match` what is asked for
    let night = books.inputs.business_date.is_some();
    expected.retain(|expect| night || figures::is_wanted(books, expect.definition));
    items(books, &expected, findings);
    drop(expected);
    procedures::check(books, findings);
    custom::check(books, &sums, findings);
    cells::check(books, findings);
    let reach = reach::Reach::new(books, &sums);
    spans::check(books, &reach, findings);
    figures::check(books, &reach, findings);
}

/// What each item adds is what it must add, and nothing else adds anything.
fn items(books: &Books, expected: &[Expected], findings: &mut Findings) {
    let contributions = &books.settlement.contributions;
    let own = |c: &Contribution| {
        let unread = c.item.starts_with(unread::UNREAD);
        let counted = procedures::BOTH.contains(&c.definition) && !unread;
        !matches!(c.scope, Scope::Cell(_)) && !counted
    };
    let by_item = ByItem::new(contributions, own);
    let start = books.rules.start;
    let zones = grey::Zones::new(books);
    let mut known = vec![false; by_item.len()];
    let mut found = Vec::new();
    for expect in expected {
        let item = by_item.find(expect.definition, &expect.item);
        by_item.of(item, &mut found);
        if let Some(item) = item {
            known[item] = true;
        }
        let before = start.is_some_and(|start| expect.day.is_none_or(|day| day < start));
        // older than go-live: only what may still fall behind it is left
        let late = |c: &&Contribution| Some(c.day) == start && c.outcomes == [(0, 0)];
        let left = !matches!(expect.wanted, Wanted::Unread(..));
        if before && left && found.iter().all(late) {
            continue;
        }
        zones.check(expect, &found, findings);
    }
    for (item, known) in known.iter().enumerate() {
        by_item.of(Some(item), &mut found);
        let Some(key) = found.first().map(|c| (c.definition, &*c.item)) else {
            continue;
        };
        let about = || told(key.0, key.1);
        // what an own definition counts is told by itself
        if !known && key.0 != "CUSTOM" {
            let what = text(
                "dòng không được tính thì không đóng góp vào tỷ lệ",
                "what does not count adds nothing",
            );
            findings.add(Invariant::Item, about(), what, "-", shown(&found));
        }
        well_formed(books, &about, &found, findings);
    }
    if !contributions.is_sorted() {
        let what = text("các đóng góp phải theo thứ tự", "items must be in order");
        findings.add(Invariant::Item, "items", what, "sorted", "not sorted");
    }
}

/// An item as people name it; a cashier's name stays inside.
fn told(definition: &str, item: &str) -> String {
    let mut parts: Vec<&str> = item.split('|').collect();
    if let (Some(&"cash"), true) = (parts.first(), parts.len() > 3) {
        parts.drain(2..parts.len() - 1);
    }
    format!("{definition} {}", parts.join("|"))
}

/// Each stands on the day of its row.
fn on_day(expect: &Expected, found: &[&Contribution], findings: &mut Findings) {
    let wrong_day = |c: &&&Contribution| expect.day.is_some_and(|day| day != c.day);
    if let Some(other) = found.iter().find(wrong_day) {
        let what = text(
            "ngày tính kỳ phải là ngày thanh toán của dòng",
            "the day of an item is its row's",
        );
        let about = told(expect.definition, &expect.item);
        let day = expect.day.map_or_else(String::new, |day| day.to_string());
        findings.add(Invariant::Item, about, what, day, other.day);
    }
}

fn one(expect: &Expected, found: &[&Contribution], findings: &mut Findings) {
    let about = || told(expect.definition, &expect.item);
    on_day(expect, found, findings);
    let holds = holds(&expect.wanted, found);
    if !holds {
        let what = text(
            "đóng góp vào tỷ lệ phải đúng với dòng và loại của nó",
            "what an item adds follows from its row and class",
        );
        let wanted = expect.wanted.shown();
        findings.add(Invariant::Item, about(), what, wanted, shown(found));
    }
}

/// Every pair that an item may add, on whatever day.
fn pairs(item: &Contribution) -> impl Iterator<Item = Pair> {
    let spans = item.elsewhere.iter().map(|span| span.outcome);
    item.outcomes.iter().copied().chain(spans)
}

/// What is found is what is wanted.
fn holds(wanted: &Wanted, found: &[&Contribution]) -> bool {
    let total = found.iter().any(|c| c.scope == Scope::Total);
    let can = |c: &Contribution, pair: Pair| pairs(c).any(|seen| seen == pair);
    let first = |c: &Contribution| c.outcomes.first().copied();
    match wanted {
        Wanted::Anything => true,
        Wanted::Unread(least, most, exception) => {
            unread::holds((*least, *most), exception.as_ref(), found)
        }
        Wanted::Open => {
            let open = |c: &&Contribution| first(c) == Some((0, 0)) && pairs(c).count() > 1;
            found.iter().all(open)
        }
        Wanted::First(pair) => total && found.iter().all(|c| first(c) == Some(*pair)),
        Wanted::Ambiguous(amount, most) => {
            // a payment over all, of one of several agencies
            let pays = |c: &&Contribution| {
                let one_of = c.scope == Scope::Total || can(c, (0, 0));
                let point = first(c).is_some_and(|(a, _)| a <= *amount);
                let within = pairs(c).all(|(a, b)| a == b && a <= *most);
                one_of && point && within && pairs(c).any(|(a, _)| a > 0)
            };
            total && found.iter().all(pays)
        }
        Wanted::Credit(least, most) => {
            let pays = |c: &&Contribution| {
                let within = |(a, b): Pair| a == b && (*least..=*most).contains(&a);
                first(c) == Some((0, 0)) && pairs(c).any(within)
            };
            total && found.iter().all(pays)
        }
        Wanted::Back(v) => {
            let takes = |c: &&Contribution| {
                let whole = pairs(c).any(|(a, b)| a <= -v && (b == a || b == 0));
                let cash = pairs(c).any(|(a, b)| a == 0 && b <= -v);
                let counted = c.definition == "ALL_DOSSIERS";
                first(c) == Some((0, 0)) && c.coupled && whole && (cash || counted)
            };
            total && found.iter().all(takes)
        }
        Wanted::Holds(wanted) => {
            let all = |c: &&Contribution| wanted.iter().all(|pair| can(c, *pair));
            total && found.iter().all(all)
        }
        Wanted::Firm(scopes) => {
            let same = |(scope, pair): &(Scope, Pair)| {
                let mut mine = found.iter().filter(|c| c.scope == *scope);
                let exact = |c: &&Contribution| {
                    let alone = c.outcomes == [*pair] && c.elsewhere.is_empty();
                    first(c) == Some(*pair) && (alone || c.coupled)
                };
                mine.next().is_some_and(exact) && mine.next().is_none()
            };
            // what was too much may come to lines of other agencies, once there is room
            let wanted = |c: &Contribution| scopes.iter().any(|(scope, _)| c.scope == *scope);
            let other = |c: &&&Contribution| !wanted(c);
            let open = |c: &&Contribution| c.coupled && first(c) == Some((0, 0));
            scopes.iter().all(same) && found.iter().filter(other).all(open)
        }
    }
}

impl Wanted {
    /// For people.
    fn shown(&self) -> String {
        match self {
            Self::Anything => String::new(),
            Self::Open | Self::Ambiguous(..) => "0/0,v/v".to_owned(),
            Self::Credit(least, most) => format!("0/0,v/v; v {least}..{most}"),
            Self::Back(v) => format!("0/0,-v/-v,0/-v; v >= {v}"),
            Self::Unread(least, most, _) => {
                format!("0/0,0/v,v/v,-v/-v,0/-v; v {least}..{most}")
            }
            Self::First((a, b)) => format!("{a}/{b}"),
            Self::Holds(pairs) => {
                let pairs = pairs.iter().map(|(a, b)| format!("{a}/{b}"));
                pairs.collect::<Vec<_>>().join(",")
            }
            Self::Firm(scopes) => {
                let shown = |(scope, (a, b)): &(Scope, Pair)| format!("[{scope}] {a}/{b}");
                scopes.iter().map(shown).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

fn shown(found: &[&Contribution]) -> String {
    if found.is_empty() {
        return "-".to_owned();
    }
    let one = |c: &&Contribution| {
        let pairs = pairs(c).map(|(a, b)| format!("{a}/{b}"));
        let spans = c.elsewhere.iter().map(|s| format!("{}..{}", s.from, s.to));
        let said: Vec<String> = pairs.chain(spans).collect();
        format!("[{}] {} {}", c.scope, c.day, said.join(","))
    };
    found.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// One contribution a scope and day; open where it may end in several ways or on several days, and
/// then it says which exceptions would settle it.
fn well_formed(
    books: &Books,
    about: &dyn Fn() -> String,
    found: &[&Contribution],
    findings: &mut Findings,
) {
    let mut places: Vec<(&Scope, Day)> = found.iter().map(|c| (&c.scope, c.day)).collect();
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    if places.len() != count {
        let what = text(
            "mỗi phạm vi chỉ có một đóng góp",
            "an item adds once in a scope",
        );
        findings.add(Invariant::Item, about(), what, places.len(), count);
    }
    let total = found.iter().any(|c| c.scope == Scope::Total);
    // what is older than go-live may be left in the total alone: what takes its place is of any
    // agency
    let is_late = |c: &&Contribution| books.rules.start == Some(c.day) && c.outcomes == [(0, 0)];
    let alone = found.iter().all(|c| c.scope == Scope::Total);
    if !total || (alone && !found.iter().all(is_late)) {
        let what = text(
            "mỗi khoản tính một lần vào tổng và vào cơ quan của nó",
            "an item adds to the total and to its agency",
        );
        findings.add(Invariant::Item, about(), what, 2, shown(found));
    }
    for item in found.iter().filter(|item| !is_sound(books, item)) {
        let what = text(
            "đóng góp phải hợp lệ và nêu ngoại lệ quyết định nó",
            "an item is well formed and names the exceptions that decide it",
        );
        findings.add(Invariant::Item, about(), what, "-", shown(&[item]));
    }
}

/// Its pairs are possible ones, its spans are in order and none begins before go-live; it names
/// exceptions that exist, and none where nothing is open; it hangs on others only while some row
/// is open.
fn is_sound(books: &Books, item: &Contribution) -> bool {
    let all = item.definition == "ALL_DOSSIERS";
    let dossier = all || item.definition == "DOSSIER_CASHLESS";
    let whole = dossier && item.item.starts_with("dossier|");
    let unread = item.item.starts_with(unread::UNREAD);
    let possible = |(a, b): Pair| match (a, b) {
        _ if whole => b <= 1 && 0 <= a && a <= b && (b == 1 || !all),
        (a, b) if a >= 0 && b >= 0 => a <= b,
        (_, b) if all && !unread => b == 0,
        (a, b) => a == b || a == 0,
    };
    let start = books.rules.start;
    let early = |day: Day| start.is_some_and(|start| day < start);
    let span = |s: &crate::kpi::Elsewhere| s.from <= s.to && !early(s.from);
    let spans = &item.elsewhere;
    let late = start == Some(item.day) && item.outcomes == [(0, 0)];
    let firm = item.outcomes.len() == 1 && spans.is_empty();
    let known = |id: &ExceptionId| books.exceptions.contains(id);
    let told = item.exceptions.iter().all(known);
    let for_nothing = firm && start.is_none() && !item.exceptions.is_empty();
    let own = item.definition == "CUSTOM";
    let unseen = day_sums::is_late(books);
    let may_hang = books.any_open || unread || own || unseen || books.rules.grey.changes();
    !item.outcomes.is_empty()
        && (pairs(item).all(possible) || late)
        && spans.iter().all(span)
        && spans.is_sorted()
        && !early(item.day)
        && told
        && !for_nothing
        && (!item.coupled || may_hang)
}
