//! The interval is a proof: whatever the open rows turn out to be, the share lies inside. Small
//! random worlds over several days are resolved in every way that the rules allow, by an
//! enumerator that shares nothing with the program, and the share of each is held against the
//! bounds of a day, of two, of all; in each agency and in total; at once, and with what is settled
//! known only as the sums of earlier nights.

mod naive;
mod world;

use std::collections::BTreeMap;

use doisoat::classify::Bucket;
use doisoat::domain::{AgencyCode, Fraction, Inputs, Period, Rules};
use doisoat::kpi::{PriorSum, Share};
use doisoat::settle::{Prior, Settlement, settle};

use crate::rows::day;
use naive::{DEFINITIONS, Resolution, Tally, resolutions, share};
use world::{DAYS, World, code};

const WORLDS: u64 = 1_000;
/// Worlds with more ways than this are left out.
const MOST: usize = 3_000;

/// The days of the periods: single ones, two, all.
fn spans() -> Vec<(u32, u32)> {
    let single = (0..DAYS).map(|d| (d, d));
    single
        .chain([(0, 1), (1, 2), (2, 4), (0, DAYS - 1)])
        .collect()
}

fn label((from, to): (u32, u32)) -> String {
    format!("{from}-{to}")
}

fn rules() -> Rules {
    let day = |d: u32| day("2022-12-01").plus(d);
    let period = |(from, to): (u32, u32)| Period {
        label: label((from, to)).into(),
        from: day(from),
        to: day(to),
    };
    Rules {
        periods: spans().into_iter().map(period).collect(),
        ..Rules::default()
    }
}

fn agency(a: usize) -> AgencyCode {
    code(a, 0).agency()
}

#[test]
fn no_resolution_lies_outside_the_bounds() {
    let (rules, mut tried, mut ways, mut outside) = (rules(), 0, 0, Vec::new());
    let mut told: (Counts, Vec<String>) = Default::default();
    for seed in 0..WORLDS {
        let world = World::of(seed);
        let whole = settle(&world.inputs, &rules, &Vec::new()).unwrap();
        proved(&world.inputs, &rules, &Vec::new(), &whole);
        let Some(all) = resolutions(&world, MOST).filter(|_| is_open(&whole)) else {
            continue;
        };
        let plain = is_plain(&world);
        let tallies: Vec<Tally> = all.iter().map(|way| way.tally(&world)).collect();
        tried += 1;
        ways += all.len();
        outside.extend(compare(
            &format!("{seed} at once"),
            &all,
            &tallies,
            &whole.shares,
            plain,
            &mut told,
        ));
        let (rest, prior) = earlier(&world, &rules);
        if !prior.is_empty() {
            let later = settle(&rest, &rules, &prior).unwrap();
            proved(&rest, &rules, &prior, &later);
            if !is_open(&later) {
                continue;
            }
            let how = format!("{seed} over nights");
            outside.extend(compare(
                &how,
                &all,
                &tallies,
                &later.shares,
                plain,
                &mut told,
            ));
        }
    }
    println!(
        "{tried} worlds, {ways} resolutions, {} outside",
        outside.len()
    );
    assert_exact(&told);
    assert!(tried > WORLDS / 2, "{tried} worlds are too few");
    let shown: Vec<&String> = outside.iter().take(12).collect();
    assert!(
        outside.is_empty(),
        "{} outside, the first: {shown:#?}",
        outside.len()
    );
}

/// How many shares were exact: definition, of a plain world, marked as outer, exact.
type Counts = BTreeMap<(&'static str, bool, bool, bool), u64>;

/// The least and the greatest share over every way.
fn ends(
    tallies: &[Tally],
    definition: usize,
    scope: Option<usize>,
    span: (u32, u32),
) -> Option<(Fraction, Fraction)> {
    let mut ends: Option<(Fraction, Fraction)> = None;
    for tally in tallies {
        let (num, den) = share(tally, definition, scope, span);
        if let Some(share) = Fraction::new(num.into(), den.into()) {
            let (least, most) = ends.unwrap_or((share, share));
            let least = if share.compare(least).is_lt() {
                share
            } else {
                least
            };
            let most = if share.compare(most).is_gt() {
                share
            } else {
                most
            };
            ends = Some((least, most));
        }
    }
    ends
}

/// In plain worlds a bound that is not marked as outer is what enumeration finds. It knows
/// a dossier as a whole; a receipt is bound to its line, so a few splits of dong differ.
fn assert_exact((counts, loose): &(Counts, Vec<String>)) {
    for ((definition, plain, outer, tight), n) in counts {
        println!("{definition} plain {plain} outer {outer} exact {tight}: {n}");
    }
    let of_dong = |said: &&String| said.contains("AMOUNT_CASHLESS");
    let others: Vec<&String> = loose.iter().filter(|said| !of_dong(said)).collect();
    assert!(others.is_empty(), "not exact: {others:#?}");
    for definition in DEFINITIONS {
        let exact = counts
            .get(&(definition, true, false, true))
            .copied()
            .unwrap_or(0);
        let outer: u64 = [true, false]
            .map(|tight| {
                counts
                    .get(&(definition, true, true, tight))
                    .copied()
                    .unwrap_or(0)
            })
            .iter()
            .sum();
        assert!(
            exact > 5_000,
            "{definition}: {exact} exact bounds are too few"
        );
        assert!(
            outer * 5 < exact,
            "{definition}: {outer} outer bounds are too many"
        );
        assert!(
            u64::try_from(loose.len()).unwrap() * 500 < exact,
            "{loose:#?}"
        );
    }
}

/// Worlds in which every rule of the enumerator is one of the program too: payments that are open
/// name nobody and can be read, no money went back, no amount is the net of another.
fn is_plain(world: &World) -> bool {
    let nets = [49_450, 29_670];
    let plain = |credit: &world::ACredit| credit.named.is_empty() && !nets.contains(&credit.amount);
    world.refunds.is_empty() && world.inputs.rejects.is_empty() && world.credits.iter().all(plain)
}

/// The independent checker proves it.
fn proved(inputs: &Inputs, rules: &Rules, prior: &Prior, settlement: &Settlement) {
    let found = doisoat::prove::prove(inputs, rules, prior, settlement);
    assert!(found.is_empty(), "{}", crate::prove::told(&found));
}

/// True where every row that was meant to be open is: the program may see more in two rows than the
/// one who made them, such as a payment that is the sum of two dossiers.
fn is_open(settlement: &Settlement) -> bool {
    settlement.rows.iter().all(|row| match &row.key.id[..1] {
        "C" => matches!(
            row.class,
            "unidentified" | "ambiguous" | "pending" | "reject"
        ),
        "B" => row.class == "unlinked_refund",
        "T" | "R" => row.bucket == Bucket::Matched,
        _ => true,
    })
}

/// The resolutions whose shares lie outside, one for each share.
fn compare(
    how: &str,
    all: &[Resolution],
    tallies: &[Tally],
    shares: &[Share],
    plain: bool,
    (counts, loose): &mut (Counts, Vec<String>),
) -> Vec<String> {
    let mut outside = Vec::new();
    for found in shares {
        let Some(definition) = DEFINITIONS.iter().position(|id| *id == found.definition) else {
            continue;
        };
        let scope = found
            .agency
            .as_ref()
            .map(|code| usize::from(*code == agency(1)));
        let span = spans()
            .into_iter()
            .find(|span| *label(*span) == *found.period.label)
            .unwrap();
        let bounds = found.low.zip(found.high);
        if bounds.is_none() && scope.is_some() {
            // what may be anybody's gives no share to an agency that has none of its own
            continue;
        }
        if std::env::var("TIGHT").is_ok() && how.ends_with("at once") {
            let mut lo: Option<Fraction> = None;
            let mut hi: Option<Fraction> = None;
            for t in tallies {
                let (num, den) = share(t, definition, scope, span);
                if let Some(f) = Fraction::new(num.into(), den.into()) {
                    if lo.is_none_or(|l| f.compare(l).is_lt()) {
                        lo = Some(f);
                    }
                    if hi.is_none_or(|l| f.compare(l).is_gt()) {
                        hi = Some(f);
                    }
                }
            }
            let eq = |a: Option<Fraction>, b: Option<Fraction>| match (a, b) {
                (Some(a), Some(b)) => a.compare(b).is_eq(),
                (a, b) => a.is_none() && b.is_none(),
            };
            let s =
                |f: Option<Fraction>| f.map_or("-".to_owned(), |f| format!("{}/{}", f.num, f.den));
            println!(
                "TIGHT {} {:?} {:?} low {} high {} outer {} : {} .. {} exact {} .. {} [{how}]",
                found.definition,
                scope,
                span,
                eq(lo, found.low),
                eq(hi, found.high),
                found.outer,
                s(found.low),
                s(found.high),
                s(lo),
                s(hi)
            );
        }
        let ends = ends(tallies, definition, scope, span);
        let tight = match (ends, bounds) {
            (None, None) => true,
            (Some((a, b)), Some((low, high))) => a.compare(low).is_eq() && b.compare(high).is_eq(),
            _ => false,
        };
        let kind = (found.definition, plain, found.outer, tight);
        *counts.entry(kind).or_default() += 1;
        if !tight && !found.outer && plain && bounds.is_some() {
            loose.push(format!(
                "{how}: {} {scope:?} {span:?} {bounds:?} is not exact, {ends:?} is",
                found.definition
            ));
        }
        let misses = |tally: &&Tally| {
            let (num, den) = share(tally, definition, scope, span);
            Fraction::new(num.into(), den.into()).is_some_and(|share| {
                bounds.is_none_or(|(low, high)| {
                    share.compare(low).is_lt() || share.compare(high).is_gt()
                })
            })
        };
        if let Some(miss) = tallies.iter().position(|tally| misses(&tally)) {
            let got = share(&tallies[miss], definition, scope, span);
            let bounds = bounds.map(|(low, high)| (low.num, low.den, high.num, high.den));
            let (id, way) = (found.definition, &all[miss]);
            outside.push(format!(
                "{how}: {id} {scope:?} {span:?}: {got:?} of {bounds:?}: {way:?}"
            ));
        }
    }
    outside
}

/// The world with its settled dossiers, which nothing open names, known only as sums.
fn earlier(world: &World, rules: &Rules) -> (Inputs, Prior) {
    let named = |d: &usize| world.credits.iter().any(|credit| credit.named.contains(d));
    let old = (0..world.dossiers.len()).filter(|d| world.dossiers[*d].lacking() == 0 && !named(d));
    let old: Vec<_> = old.map(|d| code(world.dossiers[d].agency, d)).collect();
    let is_old = |text: &str| old.iter().any(|code| code.as_str() == text);
    let mut rest = world.inputs.clone();
    let mut past = Inputs {
        business_date: rest.business_date,
        ..Inputs::default()
    };
    past.fees = rest
        .fees
        .extract_if(.., |fee| is_old(fee.dossier_code.as_str()))
        .collect();
    past.receipts = rest
        .receipts
        .extract_if(.., |r| is_old(r.dossier_code.as_str()))
        .collect();
    past.txns = rest
        .txns
        .extract_if(.., |t| t.order_ref.as_deref().is_some_and(is_old))
        .collect();
    let mut sums: BTreeMap<_, (i128, i128)> = BTreeMap::new();
    for item in settle(&past, rules, &Vec::new()).unwrap().contributions {
        assert_eq!(item.outcomes.len(), 1, "{item:?}");
        let sum = sums
            .entry((item.definition, item.scope, item.day))
            .or_default();
        sum.0 += i128::from(item.outcomes[0].0);
        sum.1 += i128::from(item.outcomes[0].1);
    }
    let prior =
        sums.into_iter().map(
            |((definition, scope, day), (numerator, denominator))| PriorSum {
                definition: definition.into(),
                scope,
                day,
                to: None,
                numerator,
                denominator,
            },
        );
    (rest, prior.collect())
}
