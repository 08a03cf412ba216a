//! Every share, added up again item by item: the point figure, the bounds, the verdict, and that no
//! share is missing.

mod breakdown;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::super::books::Books;
use super::super::violation::{Findings, Invariant, ratio, text};
use super::adding::{Items, add_free, add_up};
use super::bounds::{End, Sums};
use super::components::{Components, Resolved};
use super::reach::Reach;
use super::sum::Sum;
use crate::domain::{AgencyCode, Day, Fee, Fraction, Period, Text};
use crate::kpi::{Contribution, Scope, Share, Verdict};

/// The definitions, in the order in which all are, and whether they are measured unasked.
const MEASURED: [(&str, bool); 10] = [
    ("TX_CASHLESS", true),
    ("AMOUNT_CASHLESS", true),
    ("DOSSIER_CASHLESS", true),
    ("DOSSIER_ONLINE", false),
    ("QD766_3_5a", false),
    ("QD766_3_5b", false),
    ("QD766_3_6", false),
    ("THU_PHI_PROV", false),
    ("ALL_DOSSIERS", false),
    ("CUSTOM", false),
];

/// True for a definition that is measured unasked, has a target, or is asked for.
pub(super) fn is_wanted(books: &Books, id: &str) -> bool {
    let always = MEASURED
        .iter()
        .any(|(known, always)| *known == id && *always);
    let target = books.rules.targets.iter().any(|t| *t.definition == *id);
    always || target || books.rules.definitions.iter().any(|asked| **asked == *id)
}

pub(super) fn check(books: &Books, reach: &Reach, findings: &mut Findings) {
    let items = Items::new(books);
    let components = Components::new(books, reach);
    let periods = periods(books);
    let wanted = wanted(books, &periods);
    let mut shares: BTreeMap<Place, Vec<&Share>> = BTreeMap::new();
    for share in books.settlement.shares {
        shares.entry(place_of(share)).or_default().push(share);
    }
    breakdown::check(books, &items, &periods, findings);
    whole_spans(books, &periods, findings);
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
            one(books, (&items, &components), share, period, findings);
        }
    }
}

/// Of the days that a sum of earlier nights is over, a period holds all or none: else nobody can
/// tell what of it counts.
fn whole_spans(books: &Books, periods: &[Period], findings: &mut Findings) {
    for sum in books.prior {
        let last = sum.to.unwrap_or(sum.day);
        for period in periods {
            let apart = last < period.from || period.to < sum.day;
            if !apart && (sum.day < period.from || period.to < last) {
                let what = text(
                    "tổng các đêm trước không được vắt qua ranh giới kỳ",
                    "a sum of earlier nights lies within a period or outside of it",
                );
                let about = format!("{} {} {}", sum.definition, period.label, sum.scope);
                let days = format!("{}..{}", sum.day, last);
                let limits = format!("{}..{}", period.from, period.to);
                findings.add(Invariant::Share, about, what, limits, days);
            }
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
    let items = &books.settlement.contributions;
    let adds = items.iter().flat_map(|c| &c.elsewhere);
    let adds = adds.filter(|span| span.outcome.1 > 0);
    let spans = adds.flat_map(|span| [span.from, span.to]);
    // what may be of any day has no first
    let spans: Vec<Day> = spans.filter(|day| *day > Day::of_ms(0)).collect();
    let plain = books.settlement.plain.days;
    let plain = || plain.into_iter().flat_map(|(first, last)| [first, last]);
    let days = || {
        let own = items.iter().map(|c| c.day);
        own.chain(spans.iter().copied()).chain(plain())
    };
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
    agencies.extend(books.settlement.plain.agencies().cloned());
    for sum in books.prior {
        if let Scope::Agency(code) = &sum.scope {
            agencies.insert(code.clone());
        }
    }
    let mut wanted = BTreeMap::new();
    for (definition, _) in MEASURED {
        if !is_wanted(books, definition) {
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

fn one<'a>(
    books: &Books<'a>,
    (items, components): (&Items<'a>, &Components),
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
    let enough = has_columns(books, found.definition);
    say(
        text("đủ cột dữ liệu", "the columns are there"),
        enough.to_string(),
        found.enough_data.to_string(),
    );
    // items that hang on each other are resolved together as far as they can be
    let hangs = sum.coupled && enough && sum.counts() && !components.is_empty();
    let resolved = hangs.then(|| {
        let covered = |item: &Contribution| components.covers(item);
        let free = add_free(items, found, period, covered);
        components.resolve(found, period, free)
    });
    // what is not resolved, or has a point figure that is no way, keeps the bounds of the items
    // taken freely, and is marked
    let resolved = resolved.flatten().filter(|_| !found.outer);
    say(
        text(
            "cận được nới do các dòng phụ thuộc nhau",
            "an outer bound is marked as such",
        ),
        (sum.coupled && resolved.is_none()).to_string(),
        found.outer.to_string(),
    );
    bounds(&sum, found, enough, resolved.as_ref(), &mut say);
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

/// The columns that a definition needs are there, tonight or on a night before.
fn has_columns(books: &Books, definition: &str) -> bool {
    let before = books
        .prior
        .iter()
        .any(|prior| *prior.definition == *definition);
    match definition {
        "QD766_3_5a" => return before || !books.rules.fee_procedures.is_empty(),
        "CUSTOM" => return books.rules.custom.is_some(),
        _ => {}
    }
    let told = |fee: &Fee| match definition {
        "DOSSIER_ONLINE" => fee.more.filing_channel.is_some(),
        "QD766_3_5b" => fee.more.online_payment_flag.is_some(),
        "QD766_3_6" => {
            fee.more.online_payment_flag.is_some() && fee.more.processing_started_at.is_some()
        }
        "THU_PHI_PROV" => fee.more.request_id.is_some() && fee.more.paid_at.is_some(),
        _ => true,
    };
    let needs = ["DOSSIER_ONLINE", "QD766_3_5b", "QD766_3_6", "THU_PHI_PROV"];
    !needs.contains(&definition) || before || books.inputs.fees.iter().any(told)
}

/// The bounds: exactly those of the items taken freely, or those that the checker finds itself
/// where it resolves the items together; and the point lies inside.
fn bounds(
    sum: &Sum,
    found: &Share,
    enough: bool,
    resolved: Option<&Resolved>,
    say: &mut impl FnMut(Text, String, String),
) {
    let (low, high) = match resolved {
        Some(resolved) => {
            let own = |bound, end| {
                if resolved.proves(bound, end) {
                    bound
                } else {
                    resolved.bound(end)
                }
            };
            (own(found.low, End::Least), own(found.high, End::Greatest))
        }
        None if enough => sum.bounds(),
        None => (None, None),
    };
    let what = text(
        "cận dưới tính lại bằng cách khác",
        "the lower bound, found in another way",
    );
    let shown = |own, was| {
        if equal(own, was) {
            ratio(own)
        } else {
            ratio(was)
        }
    };
    say(what, ratio(low), shown(low, found.low));
    let what = text(
        "cận trên tính lại bằng cách khác",
        "the upper bound, found in another way",
    );
    say(what, ratio(high), shown(high, found.high));
    let point = Fraction::new(found.numerator, found.denominator);
    let inside = point.is_none()
        || found.low.is_none()
        || (at_most(found.low, point) && at_most(point, found.high));
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
    let lacking = sources.filter(|s| s.leaves_open(period));
    let unsure = lacking.count() > 0;
    let verdict = target.map(|target| match (found.low, found.high) {
        (None, _) | (_, None) => Verdict::NoData,
        _ if unsure => Verdict::Undecided,
        (Some(low), Some(high)) => {
            let below = !at_most(Some(target), Some(high));
            match (at_most(Some(target), Some(low)), below) {
                (false, false) => Verdict::Undecided,
                // perhaps nothing was paid at all
                _ if found.denominator == 0 => Verdict::NoData,
                (true, _) => Verdict::Met,
                _ => Verdict::Missed,
            }
        }
    });
    let id = |verdict: Option<Verdict>| verdict.map_or("-", Verdict::id).to_owned();
    say(
        text("kết luận so với chỉ tiêu", "the verdict against the target"),
        id(verdict),
        id(found.verdict),
    );
    let closed = unsure || found.verdict != Some(Verdict::Undecided);
    let listed = !found.deciding.is_empty() && closed;
    let deciding = &found.deciding;
    let mut each = deciding.met.iter().chain(&deciding.missed);
    let unknown = each.any(|id| !books.exceptions.contains(id));
    let rows = books.settlement.contributions.iter();
    let mine = |c: &&&Contribution| c.definition == found.definition && c.scope == Scope::Total;
    let mut hanging = rows.filter(mine).filter(|item| item.coupled);
    let hangs = deciding.proved && hanging.any(|item| item.within(period).is_some());
    say(
        text(
            "danh sách chỉ chắc chắn khi không khoản nào phụ thuộc khoản khác",
            "a list proves something for certain where no item hangs on another",
        ),
        "false".into(),
        hangs.to_string(),
    );
    say(
        text(
            "danh sách quyết định chỉ có khi chưa kết luận được",
            "a deciding list stands only beside an open verdict",
        ),
        "true".into(),
        (!listed && !unknown).to_string(),
    );
}
