//! A district that pays through one of these gateways has the nights that it has with VNPAY: the
//! same classes, the same pairs, the same share.

use std::collections::BTreeSet;

use doisoat::domain::Day;
use doisoat::sandbox::{District, Fault, Sandbox};
use serde_json::Value;

use super::KINDS;
use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, codes, day, document, files, night, source};

const NIGHTS: u32 = 3;

async fn town(gateway: &str) -> Town {
    let district = District::generate_at(gateway, 1, day(FIRST).date(), NIGHTS).unwrap();
    let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
    Town::around(Kind::Sqlite, sandbox).await
}

/// What the nights of a gateway came to, without what names it or its ids.
struct Outcome {
    codes: Vec<Vec<u8>>,
    shares: Vec<Value>,
    classes: Vec<Value>,
    totals: Vec<Value>,
    gateway: Vec<Value>,
    rows: BTreeSet<String>,
}

async fn outcome(gateway: &str) -> Outcome {
    let town = town(gateway).await;
    let desk = town.desk(&as_is).await;
    let mut out = Outcome {
        codes: Vec::new(),
        shares: Vec::new(),
        classes: Vec::new(),
        totals: Vec::new(),
        gateway: Vec::new(),
        rows: BTreeSet::new(),
    };
    for n in 0..NIGHTS {
        let date: Day = day(FIRST).plus(n);
        town.morning_after(date);
        let done = night(&desk, &date.to_string()).await;
        let mut run = document(&done);
        out.codes.push(codes(&done));
        for share in run["share"].as_array_mut().unwrap() {
            // Lists of exceptions, whose ids are made from the source's name.
            for ids in ["deciding", "deciding_met", "deciding_missed"] {
                share.as_object_mut().unwrap().remove(ids);
            }
        }
        out.shares.push(run["share"].clone());
        out.classes.push(run["exceptions"].clone());
        out.totals.push(run["totals"].clone());
        let mut own = source(&run, gateway).clone();
        for named in ["name", "kind"] {
            own.as_object_mut().unwrap().remove(named);
        }
        out.gateway.push(own);
        out.rows
            .extend(rows(&town, &date.to_string(), "exceptions.csv"));
        out.rows.extend(rows(&town, &date.to_string(), "links.csv"));
    }
    out
}

/// Rows of a night's file by the columns that no gateway names.
fn rows(town: &Town, date: &str, file: &str) -> Vec<String> {
    let all = files(&town.folder(date));
    let text = String::from_utf8(all[file].clone()).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().unwrap().clone();
    let kept = [
        "side",
        "class",
        "amount_vnd",
        "dossier_code",
        "fee_id",
        "pass",
        "role",
        "severity",
    ];
    let keep = |row: csv::StringRecord| {
        let cells = heads.iter().zip(row.iter());
        let cells = cells.filter(|(head, _)| kept.contains(head));
        let cells: Vec<&str> = cells.map(|(_, cell)| cell).collect();
        format!("{date} {file} {}", cells.join(","))
    };
    reader.records().map(|row| keep(row.unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_nights_come_out_as_with_vnpay() {
    let expected = outcome("vnpay").await;
    assert!(expected.rows.len() > 100, "{}", expected.rows.len());
    for kind in KINDS {
        let is = outcome(kind).await;
        assert_eq!(is.codes, expected.codes, "{kind}");
        // A platform that does not tell when the payer paid has the nights of the others until an
        // order that was made before midnight is paid after it.
        let nights = if kind == "dvcqg" {
            before_midnight(kind)
        } else {
            3
        };
        assert!(nights >= 1, "{kind}");
        let end = day(FIRST).plus(u32::try_from(nights).unwrap()).to_string();
        let differing = is.rows.symmetric_difference(&expected.rows);
        let differing: Vec<&String> = differing.filter(|row| **row < end).collect();
        assert!(differing.is_empty(), "{kind}: {differing:#?}");
        assert_eq!(is.shares[..nights], expected.shares[..nights], "{kind}");
        assert_eq!(is.classes[..nights], expected.classes[..nights], "{kind}");
        assert_eq!(is.totals[..nights], expected.totals[..nights], "{kind}");
        assert_eq!(is.gateway[..nights], expected.gateway[..nights], "{kind}");
    }
}

/// How many nights pass before an order is paid on another day than it was made.
pub(crate) fn before_midnight(gateway: &str) -> usize {
    let district = District::generate_at(gateway, 1, day(FIRST).date(), NIGHTS).unwrap();
    let days = (0..NIGHTS).map(|n| day(FIRST).plus(n).date());
    let calm = days.take_while(|date| {
        let made = district.gateway_orders.iter();
        let mut made = made.filter(|order| order.created_at.date() == *date);
        made.all(|order| {
            let paid = order.states.iter().filter_map(|state| state.paid_at);
            paid.min().is_none_or(|at| at.date() == *date)
        })
    });
    calm.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_no_map_names_are_no_money() {
    // Those of VNPT Pay are known from the configuration alone.
    let town = town("vnptpay").await;
    let silent = |text: String| {
        let kept = text.lines().filter(|line| !line.starts_with("status_map"));
        kept.fold(String::new(), |text, line| text + line + "\n")
    };
    let desk = town.desk(&silent).await;
    town.morning_after(day(FIRST));
    let run = document(&night(&desk, FIRST).await);
    let own = source(&run, "vnptpay");
    let by_kind = own["by_kind"].as_array().unwrap();
    assert!(!by_kind.is_empty() && own["state"] == "complete", "{own}");
    assert!(
        by_kind.iter().all(|one| one["status"] == "unmapped"),
        "{own}"
    );
    let classes = run["exceptions"].to_string();
    assert!(
        classes.contains("\"class\":\"status_mismatch\""),
        "{classes}"
    );
    // each names the provider's own code and the dossier
    let told = files(&town.folder(FIRST))["exceptions.csv"].clone();
    let told = String::from_utf8(told).unwrap();
    let mut reader = csv::Reader::from_reader(told.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let mut named = 0;
    for row in reader.records().map(Result::unwrap) {
        if &row[at("class")] == "status_mismatch" && &row[at("side")] == "txn" {
            let says = &row[at("evidence")];
            let (code, rest) = says
                .split_once("nhà cung cấp báo trạng thái chưa biết \"")
                .and_then(|(_, rest)| rest.split_once("\" cho hồ sơ "))
                .unwrap_or_else(|| panic!("{says}"));
            assert!(!code.is_empty() && rest.contains("H48"), "{says}");
            named += 1;
        }
    }
    assert!(named > 0, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_signature_or_about_another_order_is_exit_12() {
    for kind in KINDS {
        for fault in ["missing_signature", "replay"] {
            let town = town(kind).await;
            let desk = town.desk(&as_is).await;
            town.morning_after(day(FIRST));
            town.sandbox.set_fault(Fault::named(fault));
            let refused = night(&desk, FIRST).await;
            assert_eq!(codes(&refused), [12, 3], "{kind} {fault}");
            let run = document(&refused);
            let own = source(&run, kind);
            assert_eq!(
                (&own["state"], &own["rows"]),
                (&"refused".into(), &0.into())
            );
        }
    }
}
