//! The sample with its truth: links, classes, wrong guesses, and the proven share of every agency.

use std::collections::BTreeMap;
use std::path::PathBuf;

use doisoat::domain::{Fraction, Inputs, Rules};
use doisoat::normalise::inputs::{MatchFiles, read_match_inputs};
use doisoat::settle::{Settlement, settle};

use crate::score::{score, truth};

/// A file of the sample.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/sample")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sample, settled.
pub(crate) fn settled() -> Settlement {
    settled_by(&Rules::default())
}

/// The sample, settled by other rules.
fn settled_by(rules: &Rules) -> Settlement {
    settle(&sample(), rules, &Vec::new()).unwrap()
}

/// The rows of the sample.
pub(crate) fn sample() -> Inputs {
    let names = ["bank", "momo", "portal", "vnpay", "zalopay"];
    let names: Vec<String> = names
        .iter()
        .map(|n| format!("transactions_{n}.csv"))
        .collect();
    let bytes: Vec<Vec<u8>> = names.iter().map(|name| file(name)).collect();
    let (fees, cash) = (file("dossier_fees.csv"), file("cash_receipts.csv"));
    let files = MatchFiles {
        fees: ("dossier_fees.csv", fees.as_slice()),
        transactions: names
            .iter()
            .map(String::as_str)
            .zip(bytes.iter().map(Vec::as_slice))
            .collect(),
        cash: Some(("cash_receipts.csv", cash.as_slice())),
        agencies: None,
    };
    read_match_inputs(&files).unwrap().inputs
}

#[test]
fn no_link_is_a_guess_and_every_identifiable_payment_is_found() {
    let score = score(&settled(), &truth(&file("truth.csv")));
    println!("{}", score.table());
    for (key, count) in &score.confusions {
        println!("{count:5} {key:?}");
    }
    assert_eq!(score.guesses, [], "links in groups where nothing can tell");
    assert_eq!(
        score.trapped,
        Vec::<String>::new(),
        "a typo that is another real dossier's code"
    );
    assert_eq!(score.total.wrong + score.slips.wrong, 0, "wrong links");
}

/// In every agency the true share of money lies between the bounds.
#[test]
fn the_true_share_of_money_lies_in_every_interval() {
    let settlement = settled();
    let mut reader = csv::Reader::from_reader(&*file("truth_share.csv").leak());
    let mut truth: BTreeMap<String, (i128, i128)> = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let (cashless, cash): (i128, i128) =
            (record[3].parse().unwrap(), record[4].parse().unwrap());
        truth.insert(record[0].to_owned(), (cashless, cashless + cash));
        let total = truth.entry(String::new()).or_default();
        *total = (total.0 + cashless, total.1 + cashless + cash);
    }
    let mut outside = Vec::new();
    for share in settlement
        .shares
        .iter()
        .filter(|share| share.definition == "AMOUNT_CASHLESS")
    {
        let agency = share.agency.as_ref().map_or("", |agency| agency.as_str());
        let Some((numerator, denominator)) = truth.get(agency) else {
            continue;
        };
        let Some(true_share) = Fraction::new(*numerator, *denominator) else {
            continue;
        };
        let (low, high) = (share.low.unwrap(), share.high.unwrap());
        if low.compare(true_share).is_gt() || high.compare(true_share).is_lt() {
            let bounds = (low.down(4), true_share.half_up(4), high.up(4));
            outside.push((agency.to_owned(), bounds));
        }
    }
    assert_eq!(
        outside,
        [],
        "agencies whose true share is not between the bounds"
    );
    for share in settlement
        .shares
        .iter()
        .filter(|share| share.agency.is_none())
    {
        let bound = |b: Option<Fraction>| b.map_or("-".into(), |b| b.half_up(4));
        let point = share.point().map_or("-".into(), |p| p.half_up(4));
        println!(
            "{} {point} [{}, {}]",
            share.definition,
            bound(share.low),
            bound(share.high)
        );
    }
}

/// What is older than go-live is matched as ever, asks nothing of anybody and stays out of the
/// shares.
#[test]
fn items_from_before_go_live_are_opening_items() {
    let start = doisoat::domain::Day::parse("2022-12-06").unwrap();
    let whole = settled();
    let later = settled_by(&Rules {
        start: Some(start),
        ..Rules::default()
    });
    assert_eq!(later.groups, whole.groups, "matching does not change");
    let opening = |row: &&doisoat::classify::Classified| row.business_date < start;
    let old: Vec<_> = later.rows.iter().filter(opening).collect();
    assert!(old.iter().any(|row| row.class == "missing_payment"));
    for row in old {
        assert_eq!(row.severity, doisoat::classify::Severity::Info, "{row:?}");
    }
    for (row, before) in later.rows.iter().zip(&whole.rows) {
        assert_eq!((&row.key, row.class), (&before.key, before.class));
        if row.business_date >= start {
            assert_eq!(row, before);
        }
    }
    assert!(later.contributions.iter().all(|item| item.day >= start));
}
