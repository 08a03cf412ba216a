//! Tables that cannot be meant so.

use super::*;
use crate::tariff::tests::{day, rate};

#[test]
fn the_linter_names_what_cannot_be_meant() {
    let flaws = |rates: Vec<FeeRate>, known: &[&str]| -> Vec<(bool, String)> {
        let table = FeeTable {
            rates,
            ..FeeTable::default()
        };
        let known = known.iter().map(|code| (*code).into()).collect();
        let found = lint(&table, &known, day("2026-06-01"));
        found
            .into_iter()
            .map(|flaw| (flaw.refused, flaw.message))
            .collect()
    };
    let from = |raw: &str, to: Option<&str>| FeeRate {
        valid_from: day(raw),
        valid_to: to.map(day),
        ..rate("1.001612", 100_000)
    };
    let check = |rates: Vec<FeeRate>, known: &[&str], refused: bool, part: &str| {
        let found = flaws(rates, known);
        let [(told, message)] = &found[..] else {
            panic!("{part}: {found:?}");
        };
        assert!(message.contains(part) && *told == refused, "{message}");
    };
    assert_eq!(flaws(vec![from("2020-01-01", None)], &["1.001612"]), []);
    let follow = vec![
        from("2020-01-01", Some("2021-12-31")),
        from("2022-01-01", None),
    ];
    assert_eq!(flaws(follow, &[]), []);
    let overlap = vec![
        from("2020-01-01", Some("2022-01-01")),
        from("2022-01-01", None),
    ];
    check(overlap, &[], true, "both apply");
    let for_ever = vec![from("2020-01-01", None), from("2022-01-01", None)];
    check(for_ever, &[], true, "for ever");
    let gap = vec![
        from("2020-01-01", Some("2021-12-30")),
        from("2022-01-01", None),
    ];
    check(gap, &[], false, "from 2021-12-31 to 2021-12-31");
    // another class of persons, item or channel is no overlap
    let persons = FeeRate {
        applicant: "trẻ em".into(),
        ..from("2021-01-01", None)
    };
    assert_eq!(flaws(vec![from("2020-01-01", None), persons], &[]), []);
    check(vec![rate("1001612", 1)], &[], false, "does not look like");
    check(
        vec![rate("1.001612", 1)],
        &["1.000894"],
        false,
        "compares nothing",
    );
    check(
        vec![from("2020-01-01", Some("2025-12-31"))],
        &[],
        false,
        "ended on 2025-12-31",
    );
    let broken = FeeRate {
        part: 3_333,
        ..rate("1.001612", 100)
    };
    check(vec![broken], &[], true, "no whole dong");
}
