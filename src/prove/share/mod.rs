//! The share, told again: first what each item must add by its row and the table of classes, then
//! every figure, bound and verdict by adding up those items one by one.

mod amount;
mod bounds;
mod dossiers;
mod events;
mod figures;

use std::collections::{BTreeMap, BTreeSet};

use super::books::Books;
use super::violation::{Findings, Invariant, text};
use crate::domain::{AgencyCode, Day, ExceptionId};
use crate::kpi::{Contribution, Scope};

/// A numerator with its denominator.
type Pair = (i64, i64);

/// What an item must add to one definition.
#[derive(Clone, Debug)]
enum Wanted {
    /// Exactly this in each scope; where an open row may take its place, (0,0) too.
    Firm(Vec<(Scope, Pair)>),
    /// Over all: at least these outcomes.
    Holds(Vec<Pair>),
    /// One payment, of at most so much, of one of several dossiers.
    Ambiguous(i64),
    /// Nothing firm: what lacks money may stay without.
    Open,
    /// Perhaps something.
    Anything,
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
    events::expect(books, &mut expected);
    amount::expect(books, &mut expected);
    dossiers::expect(books, &mut expected);
    items(books, expected, findings);
    figures::check(books, findings);
}

/// Contributions by definition and item.
type ByItem<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Contribution>>;

/// What each item adds is what it must add, and nothing else adds anything.
fn items(books: &Books, mut expected: Vec<Expected>, findings: &mut Findings) {
    let contributions = &books.settlement.contributions;
    let mut by_item: ByItem = BTreeMap::new();
    for contribution in contributions {
        let key = (contribution.definition, &*contribution.item);
        by_item.entry(key).or_default().push(contribution);
    }
    expected.sort_by(|a, b| (a.definition, &a.item).cmp(&(b.definition, &b.item)));
    let start = books.rules.start;
    let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
    for expect in &expected {
        known.insert((expect.definition, &expect.item));
        let before = start.is_some_and(|start| expect.day.is_none_or(|day| day < start));
        let found = by_item.get(&(expect.definition, expect.item.as_str()));
        let found = found.map_or(&[][..], Vec::as_slice);
        if before && found.is_empty() {
            continue; // older than go-live
        }
        one(expect, found, findings);
    }
    for (key, found) in &by_item {
        let about = || told(key.0, key.1);
        if !known.contains(key) {
            let what = text(
                "dòng không được tính thì không đóng góp vào tỷ lệ",
                "what does not count adds nothing",
            );
            findings.add(Invariant::Item, about(), what, "-", shown(found));
        }
        well_formed(books, &about(), found, findings);
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

fn one(expect: &Expected, found: &[&Contribution], findings: &mut Findings) {
    let about = || told(expect.definition, &expect.item);
    let wrong_day = |c: &&&Contribution| expect.day.is_some_and(|day| day != c.day);
    if let Some(other) = found.iter().find(wrong_day) {
        let what = text(
            "ngày tính kỳ phải là ngày thanh toán của dòng",
            "the day of an item is its row's",
        );
        let day = expect.day.map_or_else(String::new, |day| day.to_string());
        findings.add(Invariant::Item, about(), what, day, other.day);
    }
    let total = || found.iter().filter(|c| c.scope == Scope::Total);
    let (holds, wanted) = match &expect.wanted {
        Wanted::Anything => (true, String::new()),
        Wanted::Open => {
            let open = |c: &&Contribution| c.outcomes.len() > 1 && c.outcomes.contains(&(0, 0));
            (found.iter().all(open), "0/0,v/v".to_owned())
        }
        Wanted::Ambiguous(v) => {
            // a payment over all, of one of several agencies
            let pays = |c: &&Contribution| {
                let one_of = c.scope == Scope::Total || c.outcomes.contains(&(0, 0));
                let within = c.outcomes.iter().all(|(a, _)| a <= v);
                one_of && within && c.outcomes.iter().any(|(a, _)| *a > 0)
            };
            let holds = total().next().is_some() && found.iter().all(pays);
            (holds, "0/0,v/v".to_owned())
        }
        Wanted::Holds(pairs) => {
            let all = |c: &&Contribution| pairs.iter().all(|pair| c.outcomes.contains(pair));
            let holds = total().next().is_some() && found.iter().all(all);
            (holds, format!("{pairs:?}"))
        }
        Wanted::Firm(scopes) => {
            let same = |(scope, pair): &(Scope, Pair)| {
                let mut mine = found.iter().filter(|c| c.scope == *scope);
                let exact = |c: &&Contribution| {
                    let open = c.coupled && c.outcomes.contains(pair);
                    c.outcomes == [*pair] || open
                };
                mine.next().is_some_and(exact) && mine.next().is_none()
            };
            let whole = scopes.iter().all(same) && found.len() == scopes.len();
            let shown: Vec<String> = scopes
                .iter()
                .map(|(scope, (a, b))| format!("[{scope}] {a}/{b}"))
                .collect();
            (whole, shown.join(" "))
        }
    };
    if !holds {
        let what = text(
            "đóng góp vào tỷ lệ phải đúng với dòng và loại của nó",
            "what an item adds follows from its row and class",
        );
        findings.add(Invariant::Item, about(), what, wanted, shown(found));
    }
}

fn shown(found: &[&Contribution]) -> String {
    if found.is_empty() {
        return "-".to_owned();
    }
    let one = |c: &&Contribution| {
        let outcomes = c.outcomes.iter().map(|(a, b)| format!("{a}/{b}"));
        format!("[{}] {}", c.scope, outcomes.collect::<Vec<_>>().join(","))
    };
    found.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// One contribution a scope and day; open where it has several outcomes, and then it says which
/// exceptions would settle it.
fn well_formed(books: &Books, about: &str, found: &[&Contribution], findings: &mut Findings) {
    let mut places: Vec<(&Scope, Day)> = found.iter().map(|c| (&c.scope, c.day)).collect();
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    if places.len() != count {
        let what = text(
            "mỗi phạm vi chỉ có một đóng góp",
            "an item adds once in a scope",
        );
        findings.add(Invariant::Item, about, what, places.len(), count);
    }
    let total = found.iter().any(|c| c.scope == Scope::Total);
    if !total || found.iter().all(|c| c.scope == Scope::Total) {
        let what = text(
            "mỗi khoản tính một lần vào tổng và vào cơ quan của nó",
            "an item adds to the total and to its agency",
        );
        findings.add(Invariant::Item, about, what, 2, shown(found));
    }
    for contribution in found {
        let pairs = &contribution.outcomes;
        let sane = |(a, b): &Pair| (0 <= *a && a <= b) || (*a < 0 && a == b);
        let known = |id: &ExceptionId| books.exceptions.contains(id);
        let firm = pairs.len() == 1;
        let open = !contribution.coupled || !firm;
        let told = contribution.exceptions.iter().all(known)
            && (!firm || contribution.exceptions.is_empty());
        let early = books.rules.start.is_some_and(|s| contribution.day < s);
        if pairs.is_empty() || !pairs.iter().all(sane) || !told || !open || early {
            let what = text(
                "đóng góp phải hợp lệ và nêu ngoại lệ quyết định nó",
                "an item is well formed and names the exceptions that decide it",
            );
            findings.add(Invariant::Item, about, what, "-", shown(&[contribution]));
        }
    }
}
