//! Every share, added up again item by item: the point figure, the bounds, the verdict, and that no
//! share is missing.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, ratio, text};
use super::Pair;
use super::bounds::{End, Sums, optimum, share};
use crate::domain::{AgencyCode, Completeness, Day, Fraction, Period, Text};
use crate::kpi::{Contribution, Scope, Share, Verdict};

/// The definitions that are always measured, in the order in which all are.
const MEASURED: [(&str, bool); 4] = [
    ("TX_CASHLESS", true),
    ("AMOUNT_CASHLESS", true),
    ("DOSSIER_CASHLESS", true),
    ("DOSSIER_ONLINE", false),
];

pub(super) fn check(books: &Books, findings: &mut Findings) {
    let items = Items::new(books);
    let periods = periods(books);
    let wanted = wanted(books, &periods);
    let mut shares: BTreeMap<Place, Vec<&Share>> = BTreeMap::new();
    for share in &books.settlement.shares {
        shares.entry(place_of(share)).or_default().push(share);
    }
    for place in wanted
        .keys()
        .chain(shares.keys().filter(|p| !wanted.contains_key(*p)))
    {
        let found = shares.get(place).map_or(&[][..], Vec::as_slice);
        let count = usize::from(wanted.contains_key(place));
        if found.len() != count {
            let what = text("mỗi tỷ lệ phải có đúng một lần", "each share stands once");
            findings.add(Invariant::Share, shown(place), what, count, found.len());
        }
        if let ([share], Some(period)) = (found, wanted.get(place)) {
            one(books, &items, share, period, findings);
        }
    }
}

/// Definition, period, agency (none for the total).
type Place = (Box<str>, Box<str>, Option<AgencyCode>);

fn place_of(share: &Share) -> Place {
    let label = share.period.label.clone();
    (share.definition.into(), label, share.agency.clone())
}

fn shown((definition, period, agency): &Place) -> String {
    let agency = agency.as_ref().map_or("*", AgencyCode::as_str);
    format!("{definition} {period} {agency}")
}

/// The periods of the rules, else everything that came.
fn periods(books: &Books) -> Vec<Period> {
    if !books.rules.periods.is_empty() {
        return books.rules.periods.clone();
    }
    let days = || books.settlement.contributions.iter().map(|c| c.day);
    let epoch = Day::of_ms(0);
    vec![Period {
        label: "".into(),
        from: days().min().unwrap_or(epoch),
        to: days().max().unwrap_or(epoch),
    }]
}

/// Every share that there must be, with its period.
fn wanted<'p>(books: &Books, periods: &'p [Period]) -> BTreeMap<Place, &'p Period> {
    let latest = periods.iter().map(|period| period.to).max();
    let begun = |from: Day| latest.is_none_or(|latest| from <= latest);
    let known = books.inputs.agencies.iter();
    let mut agencies: BTreeSet<AgencyCode> = known
        .filter(|agency| begun(agency.valid_from))
        .map(|agency| agency.code.clone())
        .collect();
    agencies.extend(books.lines.iter().map(|line| line.fee.agency_code.clone()));
    for sum in books.prior {
        if let Scope::Agency(code) = &sum.scope {
            agencies.insert(code.clone());
        }
    }
    let asked = |id: &str| {
        let targets = books.rules.targets.iter().any(|t| *t.definition == *id);
        targets || books.rules.definitions.iter().any(|asked| **asked == *id)
    };
    let mut wanted = BTreeMap::new();
    for (definition, always) in MEASURED {
        if !always && !asked(definition) {
            continue;
        }
        for period in periods {
            for agency in agencies.iter().map(Some).chain([None]) {
                let label = period.label.clone();
                wanted.insert((definition.into(), label, agency.cloned()), period);
            }
        }
    }
    wanted
}

/// Contributions by definition and scope.
struct Items<'a>(BTreeMap<(&'a str, &'a Scope), Vec<&'a Contribution>>);

impl<'a> Items<'a> {
    fn new(books: &Books<'a>) -> Self {
        let mut items: BTreeMap<(&str, &Scope), Vec<&Contribution>> = BTreeMap::new();
        for item in &books.settlement.contributions {
            let key = (item.definition, &item.scope);
            items.entry(key).or_default().push(item);
        }
        Self(items)
    }

    fn of(&self, definition: &'a str, scope: &'a Scope) -> &[&'a Contribution] {
        self.0.get(&(definition, scope)).map_or(&[], Vec::as_slice)
    }
}

/// What adds to one share.
#[derive(Default)]
struct Sum<'a> {
    firm: Sums,
    point: Sums,
    open: Vec<&'a [Pair]>,
    /// What may go back: taken off at the lower end.
    back: i128,
    coupled: bool,
}

impl<'a> Sum<'a> {
    fn add(&mut self, item: &'a Contribution, is_point: bool) {
        let first = item.outcomes.first().copied().unwrap_or_default();
        let wide = |(a, b): Pair| (i128::from(a), i128::from(b));
        let plus = |sum: &mut Sums, pair: Sums| *sum = (sum.0 + pair.0, sum.1 + pair.1);
        if is_point {
            plus(&mut self.point, wide(first));
        }
        self.coupled |= item.coupled;
        let least = item.outcomes.iter().map(|(a, _)| *a).min().unwrap_or(0);
        if least < 0 {
            self.back -= i128::from(least);
        } else if item.outcomes.len() == 1 {
            plus(&mut self.firm, wide(first));
        } else {
            self.open.push(&item.outcomes);
        }
    }

    /// The least share where money may go back: every open item as cash if it can be, else as
    /// little as it can be, and everything that may go back gone. Where nothing is left, what came
    /// without cash counts in full as long as some of it stays.
    fn least_of_the_rest(&self) -> Fraction {
        let some = |pairs: &&[Pair]| pairs.iter().any(|(a, b)| *a == 0 && *b > 0);
        let cash = self.firm.1 > self.firm.0 || self.open.iter().any(some);
        let least = |pairs: &&[Pair]| {
            let of = pairs.iter().min_by_key(|(a, b)| (*a, -*b));
            of.map_or((0, 0), |(a, b)| (i128::from(*a), i128::from(*b)))
        };
        let chosen = self.open.iter().map(least);
        let (a, b) = chosen.fold(self.firm, |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        let (left, of) = ((a - self.back).max(0), b - self.back);
        let none = i128::from(of == 0 && !cash);
        share((left, of.max(left))).unwrap_or(Fraction { num: none, den: 1 })
    }

    /// Something can be in the denominator.
    fn counts(&self) -> bool {
        let some = |pairs: &&[Pair]| pairs.iter().any(|(_, b)| *b > 0);
        self.firm.1 > 0 || self.open.iter().any(some)
    }
}

fn add_up<'a>(books: &Books<'a>, items: &Items<'a>, found: &'a Share, period: &Period) -> Sum<'a> {
    let scope = found.agency.clone().map_or(Scope::Total, Scope::Agency);
    let mut sum = Sum::default();
    for prior in books.prior {
        let mine = *prior.definition == *found.definition && prior.scope == scope;
        if mine && period.holds(prior.day) {
            let pair = (prior.numerator, prior.denominator);
            sum.firm = (sum.firm.0 + pair.0, sum.firm.1 + pair.1);
            sum.point = (sum.point.0 + pair.0, sum.point.1 + pair.1);
        }
    }
    let own = items.0.get(&(found.definition, &scope));
    for item in own.into_iter().flatten().filter(|i| period.holds(i.day)) {
        sum.add(item, true);
    }
    // what may be anybody's may be theirs, once they have something of their own
    if found.agency.is_some() && sum.counts() {
        for item in items.of(found.definition, &Scope::AnyAgency) {
            if period.holds(item.day) {
                sum.add(item, false);
            }
        }
    }
    sum
}

fn one<'a>(
    books: &Books<'a>,
    items: &Items<'a>,
    found: &'a Share,
    period: &Period,
    findings: &mut Findings,
) {
    let sum = add_up(books, items, found, period);
    let mut say = |what: Text, expected: String, was: String| {
        if expected != was {
            let about = shown(&place_of(found));
            findings.add(Invariant::Share, about, what, expected, was);
        }
    };
    let pair = |(a, b): Sums| format!("{a}/{b}");
    say(
        text(
            "tử số và mẫu số tính lại",
            "numerator and denominator, added up again",
        ),
        pair(sum.point),
        pair((found.numerator, found.denominator)),
    );
    say(
        text("kỳ của tỷ lệ", "the period of the share"),
        format!("{} {}", period.from, period.to),
        format!("{} {}", found.period.from, found.period.to),
    );
    let enough = found.definition != "DOSSIER_ONLINE"
        || books
            .lines
            .iter()
            .any(|l| l.fee.more.filing_channel.is_some())
        || books
            .prior
            .iter()
            .any(|p| *p.definition == *found.definition);
    say(
        text("đủ cột dữ liệu", "the columns are there"),
        enough.to_string(),
        found.enough_data.to_string(),
    );
    say(
        text(
            "cận được nới do các dòng phụ thuộc nhau",
            "an outer bound is marked as such",
        ),
        (sum.coupled && found.outer).to_string(),
        found.outer.to_string(),
    );
    bounds(&sum, found, enough, &mut say);
    verdict(books, found, period, &mut say);
}

fn equal(a: Option<Fraction>, b: Option<Fraction>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.compare(b) == Ordering::Equal,
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn at_most(a: Option<Fraction>, b: Option<Fraction>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.compare(b) != Ordering::Greater,
        _ => false,
    }
}

/// The bounds: exactly those of the uncoupled items. Where items hang on each other a bound may be
/// tighter unless it is marked as an outer one, but never wider, and the point lies inside.
fn bounds(sum: &Sum, found: &Share, enough: bool, say: &mut impl FnMut(Text, String, String)) {
    let none = !enough || !sum.counts();
    let of = |end| optimum(sum.firm, &sum.open, end).filter(|_| !none);
    let (least, greatest) = (of(End::Least), of(End::Greatest));
    let low = least.and_then(share).map(|low| {
        if sum.back > 0 {
            sum.least_of_the_rest()
        } else {
            low
        }
    });
    let high = greatest.and_then(share);
    let exact = !sum.coupled || found.outer;
    let what = text(
        "cận dưới tính lại bằng cách khác",
        "the lower bound, found in another way",
    );
    let holds = if exact {
        equal(low, found.low)
    } else {
        at_most(low, found.low)
    };
    say(
        what,
        ratio(low),
        if holds { ratio(low) } else { ratio(found.low) },
    );
    let what = text(
        "cận trên tính lại bằng cách khác",
        "the upper bound, found in another way",
    );
    let holds = if exact {
        equal(high, found.high)
    } else {
        at_most(found.high, high)
    };
    say(
        what,
        ratio(high),
        if holds {
            ratio(high)
        } else {
            ratio(found.high)
        },
    );
    let point = Fraction::new(found.numerator, found.denominator);
    let inside =
        point.is_none() || none || (at_most(found.low, point) && at_most(point, found.high));
    let what = text(
        "tỷ lệ phải nằm giữa hai cận",
        "the share lies between its bounds",
    );
    say(what, "true".into(), inside.to_string());
}

/// The verdict on exact fractions, against the target of the period's last day.
fn verdict(
    books: &Books,
    found: &Share,
    period: &Period,
    say: &mut impl FnMut(Text, String, String),
) {
    let in_force = |target: &&crate::domain::Target| {
        let begun = target.valid_from <= period.to;
        let ended = target.valid_to.is_some_and(|to| to < period.to);
        *target.definition == *found.definition && begun && !ended
    };
    let target = books.rules.targets.iter().find(in_force);
    let target = target.map(|target| target.share);
    say(
        text("chỉ tiêu của kỳ", "the target of the period"),
        ratio(target),
        ratio(found.target),
    );
    let sources = books.inputs.sources.iter();
    let lacking = sources.filter(|s| s.required && s.state != Completeness::Complete);
    let unsure = lacking.count() > 0;
    let verdict = target.map(|target| match (found.low, found.high) {
        (None, _) | (_, None) => Verdict::NoData,
        _ if unsure => Verdict::Undecided,
        (Some(low), _) if at_most(Some(target), Some(low)) => Verdict::Met,
        (_, Some(high)) if !at_most(Some(target), Some(high)) => Verdict::Missed,
        _ => Verdict::Undecided,
    });
    let id = |verdict: Option<Verdict>| verdict.map_or("-", Verdict::id).to_owned();
    say(
        text("kết luận so với chỉ tiêu", "the verdict against the target"),
        id(verdict),
        id(found.verdict),
    );
    let listed = !found.deciding.is_empty() && found.verdict != Some(Verdict::Undecided);
    let unknown = found
        .deciding
        .iter()
        .any(|id| !books.exceptions.contains(id));
    say(
        text(
            "danh sách quyết định chỉ có khi chưa kết luận được",
            "a deciding list stands only beside an open verdict",
        ),
        "true".into(),
        (!listed && !unknown).to_string(),
    );
}
