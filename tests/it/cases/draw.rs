//! Draws a settlement in the words of a case.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::{FeeId, Fraction, Lang, RowKey};
use doisoat::kpi::{Scope, Share};
use doisoat::matching::{Evidence, Leg, Role};
use doisoat::settle::Settlement;

use super::parse::Case;

/// What came out, as lines.
pub(crate) struct Drawn {
    /// Links, and classes of rows that are not in order: every one must be expected.
    pub(crate) exact: BTreeSet<String>,
    /// Everything else that a case may speak of.
    pub(crate) all: BTreeSet<String>,
}

/// Names of rows.
struct Names<'c> {
    by_key: BTreeMap<&'c RowKey, &'c str>,
    by_id: BTreeMap<&'c str, &'c str>,
}

impl<'c> Names<'c> {
    fn new(case: &'c Case) -> Self {
        let all = || case.names.iter();
        Self {
            by_key: all().map(|(name, key)| (key, name.as_str())).collect(),
            by_id: all().map(|(name, key)| (&*key.id, name.as_str())).collect(),
        }
    }

    fn of(&self, key: &RowKey) -> String {
        let unknown = || format!("?{}", key.id);
        self.by_key
            .get(key)
            .map_or_else(unknown, |n| (*n).to_owned())
    }

    fn of_id(&self, id: &str) -> String {
        self.by_id
            .get(id)
            .map_or_else(|| format!("?{id}"), |n| (*n).to_owned())
    }
}

/// Draws links, classes, evidence, shares.
pub(crate) fn drawn(case: &Case, settled: &Settlement) -> Drawn {
    let names = Names::new(case);
    let mut exact = BTreeSet::new();
    let mut all = BTreeSet::new();
    for leg in settled.groups.iter().flat_map(|group| &group.legs) {
        exact.insert(link(&names, leg));
    }
    for row in &settled.rows {
        let name = names.of(&row.key);
        if row.class != doisoat::classify::OK {
            exact.insert(format!("class {name} {}", row.class));
        }
        all.insert(format!("bucket {name} {}", row.bucket.id()));
        all.insert(format!("carried {name} {}", row.carried));
        all.insert(format!("severity {name} {}", row.severity.id()));
        all.extend(row.also.iter().map(|also| format!("also {name} {also}")));
        for near in &row.nearest {
            let amount = near
                .amount
                .map_or("?".to_owned(), |amount| amount.grouped());
            let failed = near.failed.say(Lang::En);
            all.insert(format!("near {name} {} {amount}: {failed}", near.candidate));
        }
        let said = row.evidence.iter().map(|e| e.say(Lang::En));
        all.extend(said.map(|text| format!("evidence {name} {text}")));
    }
    for suggestion in &settled.suggestions {
        let txn = names.of(&suggestion.txn);
        let (code, score) = (&suggestion.dossier_code, suggestion.score);
        all.insert(format!("suggest {txn} {code} {score}"));
    }
    for share in &settled.shares {
        draw_share(share, &mut all);
        if share.agency.is_none() {
            let row = |id| {
                settled
                    .rows
                    .iter()
                    .find(|r| r.exception_id.as_ref() == Some(id))
            };
            let lists = [
                ("met", &share.deciding.met),
                ("missed", &share.deciding.missed),
            ];
            for (verdict, list) in lists {
                let deciding = list.iter().filter_map(row);
                let list: Vec<String> = deciding.map(|row| names.of(&row.key)).collect();
                let list = list.join(" ");
                all.insert(format!("deciding {} {verdict} {list}", share.definition));
            }
        }
    }
    settled
        .breakdown
        .iter()
        .for_each(|share| draw_cell(share, &mut all));
    for contribution in settled
        .contributions
        .iter()
        .filter(|c| c.scope == Scope::Total)
    {
        let pairs = contribution.pairs();
        let outcomes = pairs.iter().map(|(a, b)| format!("({a},{b})"));
        let outcomes: Vec<String> = outcomes.collect();
        all.insert(format!(
            "outcomes {} {} {}",
            contribution.definition,
            contribution.item,
            outcomes.join(" ")
        ));
    }
    all.extend(exact.iter().cloned());
    Drawn { exact, all }
}

fn link(names: &Names, leg: &Leg) -> String {
    let money = names.of(&leg.money);
    let line = |fee: &FeeId| {
        let dossier = leg
            .dossier_code
            .as_ref()
            .expect("a leg with a fee has a dossier");
        names.of(&RowKey::fee(dossier, fee))
    };
    let fee = leg.fee_id.as_ref().map_or("-".to_owned(), line);
    let amount = leg.amount.grouped();
    match leg.role {
        Role::Settles => format!("match {money} {fee} {amount} by {}", leg.pass),
        Role::Surplus => format!("surplus {money} {fee} {amount} by {}", leg.pass),
        Role::Duplicate => format!("duplicate {money} {fee} by {}", leg.pass),
        Role::Refund => format!("refund {money} {fee} {amount}"),
        Role::Reversal => format!("reversal {money} {fee} {amount}"),
        Role::Member => format!("set {money}"),
        Role::Sighting => match &leg.why {
            Evidence::SameAs(id) | Evidence::NamesTransaction(id) => {
                format!("sighting {money} of {}", names.of_id(id))
            }
            other => format!("sighting {money} because {other:?}"),
        },
    }
}

/// A cell of a breakdown.
fn draw_cell(share: &Share, all: &mut BTreeSet<String>) {
    let cell = share
        .cell
        .as_ref()
        .map_or(String::new(), ToString::to_string);
    let bound = |bound: Option<Fraction>| bound.map_or("-".to_owned(), fraction);
    let (low, high) = (bound(share.low), bound(share.high));
    let (n, d) = (share.numerator, share.denominator);
    // `procedure=1.001612` would be read as a value
    let cell = cell.replacen('=', " ", 1);
    all.insert(format!("cell {cell} {n}/{d} in {low}..{high}"));
}

fn draw_share(share: &Share, all: &mut BTreeSet<String>) {
    let scope = share
        .agency
        .as_ref()
        .map_or(String::new(), |code| format!(" {code}"));
    let bound = |bound: Option<Fraction>| bound.map_or("-".to_owned(), fraction);
    let id = share.definition;
    let (n, d) = (share.numerator, share.denominator);
    let (low, high) = (bound(share.low), bound(share.high));
    all.insert(format!("share {id}{scope} {n}/{d} in {low}..{high}"));
    if let Some(verdict) = share.verdict {
        all.insert(format!("verdict {id}{scope} {}", verdict.id()));
    }
    all.insert(format!("outer {id}{scope} {}", share.outer));
}

/// In lowest terms.
fn fraction(share: Fraction) -> String {
    let (mut a, mut b) = (share.num.abs(), share.den);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let common = a.max(1);
    format!("{}/{}", share.num / common, share.den / common)
}
