//! The stories of the district keep their promises: what a scenario's name says is what the rows
//! show.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::sandbox::District;
use doisoat::sandbox::district::{BankRow, Dossier, FeeKind, Scenario};

use super::district;

fn rows(district: &District, scenario: Scenario) -> Vec<&BankRow> {
    let rows = district.sepay.iter().chain(&district.casso);
    rows.filter(|row| row.scenario == scenario).collect()
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_uppercase()
}

/// Positions in which two texts of one length differ.
fn distance(a: &str, b: &str) -> usize {
    if a.len() == b.len() {
        a.bytes().zip(b.bytes()).filter(|(a, b)| a != b).count()
    } else {
        99
    }
}

/// Codes of the district, squeezed, with their dossiers.
fn codes(district: &District) -> BTreeMap<String, &Dossier> {
    district
        .dossiers
        .iter()
        .map(|one| (squeeze(&one.code), one))
        .collect()
}

fn due(district: &District, code: &str) -> i64 {
    let dossier = district
        .dossiers
        .iter()
        .find(|one| one.code == code)
        .unwrap();
    let ours = dossier
        .fees
        .iter()
        .filter(|fee| fee.kind != FeeKind::LandObligation);
    ours.map(|fee| fee.history.last().unwrap().amount).sum()
}

/// Existing codes that the memo holds.
fn named<'a>(memo: &str, codes: &'a BTreeMap<String, &Dossier>) -> Vec<&'a str> {
    let memo = squeeze(memo);
    codes
        .keys()
        .filter(|code| memo.contains(code.as_str()))
        .map(String::as_str)
        .collect()
}

#[test]
fn memos_hold_what_their_scenario_says() {
    for seed in [1, 2, 3] {
        let district = district(seed, 7);
        let codes = codes(&district);
        let check = |scenario: Scenario, holds: &dyn Fn(&BankRow, &[&str]) -> bool| {
            for row in rows(&district, scenario) {
                let found = named(&row.memo, &codes);
                assert!(holds(row, &found), "{scenario:?}: {row:?} names {found:?}");
            }
        };
        let right = |row: &BankRow, found: &[&str]| {
            let own: Vec<String> = row.dossiers.iter().map(|code| squeeze(code)).collect();
            found.len() == own.len() && own.iter().all(|code| found.contains(&code.as_str()))
        };
        for scenario in [
            Scenario::Plain,
            Scenario::MemoBoilerplate,
            Scenario::MemoSpaces,
            Scenario::MemoUpperNoSeparators,
            Scenario::TwoCodesExact,
            Scenario::TwoCodesOff,
            Scenario::RefundFullBank,
            Scenario::RefundPartialBank,
            Scenario::ReversalMidnight,
        ] {
            check(scenario, &right);
        }
        let nothing = |_: &BankRow, found: &[&str]| found.is_empty();
        for scenario in [
            Scenario::MemoWithoutCode,
            Scenario::MemoTruncated,
            Scenario::MemoTypo,
            Scenario::Orphan,
            Scenario::Foreign,
            Scenario::BankFee,
            Scenario::CashDeposit,
            Scenario::BatchSettlement,
        ] {
            check(scenario, &nothing);
        }
        check(Scenario::MemoTrap, &|row, found| {
            let own = squeeze(&row.dossiers[0]);
            found.len() == 1 && found[0] != own && distance(found[0], &own) == 1
        });
    }
}

#[test]
fn a_typo_has_one_near_code_and_an_orphan_none() {
    let district = district(1, 7);
    let codes: Vec<&str> = district
        .dossiers
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    let near = |memo: &str| {
        let windows = |code: &str| {
            let width = code.len();
            (0..=memo.len().saturating_sub(width))
                .filter_map(|from| memo.get(from..from + width))
                .any(|part| distance(part, code) <= 1)
        };
        codes.iter().filter(|code| windows(code)).count()
    };
    for row in rows(&district, Scenario::Orphan) {
        assert_eq!(near(&row.memo), 0, "{row:?}");
    }
    for row in rows(&district, Scenario::MemoTypo) {
        assert_eq!(near(&row.memo), 1, "{row:?}");
    }
}

#[test]
fn amounts_are_what_their_scenario_says() {
    let district = district(2, 7);
    let check = |scenario: Scenario, fits: &dyn Fn(i64, i64) -> bool| {
        let found = rows(&district, scenario);
        assert!(!found.is_empty(), "{scenario:?}");
        for row in found {
            let due = row.dossiers.iter().map(|code| due(&district, code)).sum();
            assert!(fits(row.amount, due), "{scenario:?}: {row:?} of {due}");
        }
    };
    check(Scenario::Overpaid, &|paid, due| paid > due);
    check(Scenario::Underpaid, &|paid, due| 0 < paid && paid < due);
    check(Scenario::Duplicate, &|paid, due| paid == due);
    check(Scenario::TwoCodesExact, &|paid, due| paid == due);
    check(Scenario::TwoCodesOff, &|paid, due| paid != due);
    check(Scenario::InstalmentsOpen, &|paid, due| {
        0 < paid && paid < due
    });
    check(Scenario::RefundFullBank, &|paid, due| paid.abs() == due);
    check(Scenario::NetOfFee, &|paid, due| {
        paid == due - ((due * 11 + 500) / 1000).max(220)
    });
    for code in rows(&district, Scenario::Instalments)
        .iter()
        .map(|row| &row.dossiers[0])
    {
        let parts = rows(&district, Scenario::Instalments);
        let of_code = parts.iter().filter(|row| row.dossiers[0] == *code);
        assert_eq!(
            of_code.map(|row| row.amount).sum::<i64>(),
            due(&district, code)
        );
    }
}

#[test]
fn banked_cash_is_the_exact_sum_of_an_agencys_valid_receipts() {
    let district = district(1, 7);
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for receipt in &district.receipts {
        if receipt.history.last().unwrap().1 == "valid" {
            let day = receipt.collected_at.format("%d/%m/%Y").to_string();
            *sums.entry((squeeze(receipt.agency), day)).or_default() += receipt.amount;
        }
    }
    let deposits = rows(&district, Scenario::CashDeposit);
    assert!(deposits.len() > 5);
    for row in deposits {
        let words: Vec<&str> = row.memo.split(' ').collect();
        let key = (words[5].to_owned(), words[7].to_owned());
        assert_eq!(sums.get(&key), Some(&row.amount), "{row:?}");
    }
}

#[test]
fn the_gateway_pays_out_a_days_payments_net_of_its_fees_and_refunds() {
    let district = district(1, 7);
    let batches = rows(&district, Scenario::BatchSettlement);
    assert!(batches.len() > 4);
    for row in batches {
        let day = row.memo.rsplit(' ').next().unwrap();
        let mut net = 0;
        for order in &district.gateway_orders {
            let last = order.states.last().unwrap();
            for state in order.states.iter().filter(|one| one.status == "00") {
                let on_day = state.paid_at.unwrap().format("%d%m%Y").to_string() == day;
                net += match (on_day && last.status != "04", state.kind) {
                    (true, "01") => state.amount - ((state.amount * 11 + 500) / 1000).max(220),
                    (true, _) => -state.amount,
                    _ => 0,
                };
            }
        }
        assert_eq!(row.amount, net, "{row:?}");
    }
}

#[test]
fn late_rows_have_higher_ids_than_what_came_before_them() {
    let district = district(1, 7);
    for feed in [&district.sepay, &district.casso] {
        assert!(feed.is_sorted_by_key(|row| (row.id, row.arrives)));
        let ids: BTreeSet<i64> = feed.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), feed.len());
        let mut balance = feed[0].balance - feed[0].amount;
        for row in feed {
            balance += row.amount;
            assert_eq!(row.balance, balance);
        }
    }
    let late = rows(&district, Scenario::ArrivesLate);
    assert!(late.iter().all(|row| row.arrives.date() > row.at.date()) && !late.is_empty());
}
