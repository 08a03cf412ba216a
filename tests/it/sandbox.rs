//! The sandbox from outside: the district's files and truth, and the protocols on the wire.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

#[path = "sandbox_faults.rs"]
mod faults;
#[path = "sandbox_protocols.rs"]
mod protocols;
#[path = "sandbox_rows.rs"]
mod rows_and_lists;
#[path = "sandbox_stories.rs"]
mod stories;
#[path = "sandbox_vnpay.rs"]
mod vnpay;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::{Days, NaiveDate};
use doisoat::sandbox::district::Scenario;
use doisoat::sandbox::{District, Fault, Sandbox, SandboxOptions};

/// Monday.
const FIRST_DAY: &str = "2022-12-05";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn district(seed: u64, days: u32) -> District {
    District::generate(seed, day(FIRST_DAY), days)
}

/// A sandbox of three days with its clock on the last morning.
async fn sandbox(fault: Option<&str>) -> Sandbox {
    let fault = fault.map(|name| Fault::named(name).expect("a fault of the table"));
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault,
        first_day: day(FIRST_DAY),
        days: 3,
    };
    Sandbox::start(options).await.unwrap()
}

fn client() -> reqwest::Client {
    // A second installation is refused, and the first one serves as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The files of an export folder by name.
fn export(district: &District, days: u32) -> BTreeMap<String, Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    for offset in 0..days {
        let day = district.first_day + Days::new(u64::from(offset));
        district.write_registry(dir.path(), day).unwrap();
    }
    read_folder(dir.path())
}

fn read_folder(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entry = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        (
            entry.file_name().into_string().unwrap(),
            fs::read(entry.path()).unwrap(),
        )
    };
    fs::read_dir(dir).unwrap().map(entry).collect()
}

/// The rows of a CSV as maps by column.
fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes)
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_does_not() {
    let (one, same, other) = (district(1, 3), district(1, 3), district(2, 3));
    assert_eq!(export(&one, 3), export(&same, 3));
    assert!(one == same);
    assert_ne!(export(&one, 3), export(&other, 3));
}

#[test]
fn a_longer_simulation_begins_with_the_shorter_one() {
    let (short, long) = (district(5, 3), district(5, 9));
    assert_eq!(export(&short, 3), export(&long, 3));
}

#[test]
fn every_scenario_happens_in_any_seven_days() {
    for (seed, first) in [(1, "2022-12-05"), (2, "2022-12-08"), (3, "2025-06-28")] {
        let district = District::generate(seed, day(first), 7);
        let mut seen: BTreeSet<Scenario> = BTreeSet::new();
        seen.extend(district.dossiers.iter().map(|one| one.scenario));
        seen.extend(district.sepay.iter().map(|row| row.scenario));
        seen.extend(district.casso.iter().map(|row| row.scenario));
        let missing: Vec<&str> = Scenario::all()
            .filter(|one| !seen.contains(one))
            .map(Scenario::id)
            .collect();
        assert!(missing.is_empty(), "seed {seed} from {first}: {missing:?}");
    }
}

#[test]
fn the_true_share_stays_near_the_target() {
    for seed in 1..=6 {
        for days in [7, 30] {
            let district = district(seed, days);
            let (cashless, all) = district.truth_share(district.first_day, district.last_day());
            let permille = cashless * 1000 / all;
            assert!(
                (500..=525).contains(&permille),
                "seed {seed}, {days} days: {permille} of {all}"
            );
            let online = district
                .dossiers
                .iter()
                .filter(|one| one.channel == 2)
                .count();
            let permille = online * 1000 / district.dossiers.len();
            assert!(
                (740..800).contains(&permille),
                "seed {seed}: online {permille}"
            );
        }
    }
}

#[test]
fn the_truth_by_agency_and_in_time_agrees_with_the_events() {
    let district = district(1, 7);
    let (from, to) = (district.first_day, district.last_day());
    let night = |text: &str| format!("{text}T01:30:00").parse().unwrap();
    let (cashless, all) = district.truth_share_known(from, from, night("2022-12-06"));
    let by_agency = district.truth_share_by_agency(from, from, night("2022-12-06"));
    // Every event of the simulation pays for one agency, so here the rows add up.
    assert_eq!(
        by_agency
            .values()
            .map(|share| share.denominator)
            .sum::<u64>(),
        all
    );
    assert_eq!(
        by_agency.values().map(|share| share.numerator).sum::<u64>(),
        cashless
    );
    let (_, later) = district.truth_share(from, to);
    let (_, known) = district.truth_share_known(from, to, night("2022-12-12"));
    let late = district
        .events
        .iter()
        .filter(|one| one.known_at > night("2022-12-12"))
        .count();
    assert!(
        known >= all && later + 20 >= known,
        "{known} {later} {late}"
    );
}

#[test]
fn a_day_has_about_three_hundred_dossiers_and_sunday_none() {
    let district = district(1, 7);
    let count = |text: &str| {
        let on = day(text);
        district
            .dossiers
            .iter()
            .filter(|one| one.received_at.date() == on)
            .count()
    };
    assert!((280..340).contains(&count("2022-12-05")));
    assert!((75..120).contains(&count("2022-12-10")));
    assert_eq!(count("2022-12-11"), 0);
}

#[test]
fn the_export_has_the_documented_columns_and_only_that_days_changes() {
    let district = district(1, 3);
    let files = export(&district, 3);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 10, "{names:?}");
    assert!(names.contains(&"agencies_2022-12-05.csv"));
    assert!(!names.contains(&"agencies_2022-12-06.csv"));
    let fees = rows(&files["dossier_fees_2022-12-06.csv"]);
    let on_day = |row: &BTreeMap<String, String>| {
        let changed = ["received_at", "paid_at", "result_at"];
        changed
            .iter()
            .any(|column| row[*column].starts_with("2022-12-06"))
            || ["pending", "refunded"].contains(&row["status"].as_str())
    };
    assert!(fees.len() > 300);
    assert!(fees.iter().all(on_day));
    let kinds: BTreeSet<&str> = fees.iter().map(|row| row["fee_kind"].as_str()).collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["land_obligation", "le_phi", "phi"]
    );
    let orders = rows(&files["payment_orders_2022-12-06.csv"]);
    assert!(
        orders
            .iter()
            .all(|row| row["created_at"].len() == 14 && row["provider"] == "vnpay")
    );
    let text = String::from_utf8(files["cash_receipts_2022-12-06.csv"].clone()).unwrap();
    assert!(!text.contains('\r') && !text.starts_with('\u{feff}'));
}

#[test]
fn identities_are_unique_and_orders_name_real_fees() {
    let district = district(3, 7);
    let unique = |ids: Vec<&str>| {
        let count = ids.len();
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), count);
    };
    unique(
        district
            .dossiers
            .iter()
            .map(|one| one.code.as_str())
            .collect(),
    );
    unique(
        district
            .orders
            .iter()
            .map(|one| one.order_id.as_str())
            .collect(),
    );
    unique(
        district
            .receipts
            .iter()
            .map(|one| one.id.as_str())
            .collect(),
    );
    let rows = district.sepay.iter().chain(&district.casso);
    unique(rows.map(|row| row.reference.as_str()).collect());
    let fees: BTreeMap<&str, i64> = district
        .dossiers
        .iter()
        .flat_map(|one| &one.fees)
        .map(|fee| (fee.id.as_str(), fee.history.last().unwrap().amount))
        .collect();
    for order in &district.orders {
        let due: i64 = order.fee_ids.iter().map(|id| fees[id.as_str()]).sum();
        assert_eq!(due, order.amount, "{}", order.order_id);
    }
}

#[test]
fn histories_run_forward_and_nothing_is_paid_before_it_is_filed() {
    let district = district(4, 7);
    let filed: BTreeMap<&str, chrono::NaiveDateTime> = district
        .dossiers
        .iter()
        .map(|one| (one.code.as_str(), one.received_at))
        .collect();
    for fee in district.dossiers.iter().flat_map(|one| &one.fees) {
        assert!(fee.history.is_sorted_by_key(|state| state.day), "{fee:?}");
    }
    for order in &district.gateway_orders {
        assert!(order.states.is_sorted_by_key(|state| state.at), "{order:?}");
        assert!(
            filed[order.dossier.as_str()] < order.created_at,
            "{order:?}"
        );
    }
    for event in &district.events {
        assert!(event.known_at >= event.at);
        assert!(
            event.returned_at.is_none_or(|back| back > event.at),
            "{event:?}"
        );
        for code in &event.dossiers {
            assert!(filed[code.as_str()] < event.at, "{event:?}");
        }
    }
}

#[test]
fn the_structure_of_2025_is_used_from_july_on() {
    let district = District::generate(1, day("2025-06-30"), 2);
    let on = |text: &str| {
        let day = day(text);
        let those = district
            .dossiers
            .iter()
            .filter(move |one| one.received_at.date() == day);
        those.map(|one| one.agency).collect::<BTreeSet<_>>()
    };
    assert_eq!(on("2025-06-30").len(), 15);
    assert_eq!(
        on("2025-07-01").into_iter().collect::<Vec<_>>(),
        ["H48.401", "H48.402", "H48.403", "H48.404"]
    );
}
