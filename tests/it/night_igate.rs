//! A night by the interface of VNPT iGate is the night by its export where both know the facts.

use std::path::Path;

use doisoat::sandbox::{Sandbox, SandboxOptions};

use crate::database::Kind;
use crate::town::{FIRST, Town, codes, day as town_day, document, night, source};

const UNTOLD: [&str; 9] = [
    "declared_method",
    "due_at",
    "processing_started_at",
    "filing_channel",
    "collection_mode",
    "online_payment_flag",
    "request_id",
    "receipt_form",
    "receipt_series",
];

/// Takes out of an export what the interface does not tell.
fn leave_out(path: &Path) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    for row in rows {
        let paid = header
            .iter()
            .zip(&row)
            .any(|(column, cell)| column == "status" && matches!(cell, "paid" | "refunded"));
        let cells = header.iter().zip(&row).map(|(column, cell)| match column {
            "status" => {
                if paid {
                    "paid"
                } else {
                    "unpaid"
                }
            }
            "paid_at" if !paid => "",
            "receipt_no" => "",
            other if UNTOLD.contains(&other) => "",
            _ => cell,
        });
        writer.write_record(cells).unwrap();
    }
    writer.flush().unwrap();
}

async fn town() -> Town {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: town_day(FIRST).date(),
        days: 3,
    };
    Town::around(Kind::Sqlite, Sandbox::start(options).await.unwrap()).await
}

fn with_igate(town: &Town) -> impl Fn(String) -> String + use<> {
    let igate = town.sandbox.toml_source("igate");
    let igate = igate.replace("allow_loopback", "rate_limit = \"1000/s\"\nallow_loopback");
    move |text| format!("{text}\n{igate}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_by_the_interface_is_the_night_by_the_export() {
    let (by_export, by_igate) = (town().await, town().await);
    let desk = by_export.desk(&|text| text).await;
    let igate_desk = by_igate.desk(&with_igate(&by_igate)).await;
    for date in [FIRST, "2022-12-06", "2022-12-07"] {
        let fees = format!("inbox/dossier_fees_{date}.csv");
        by_export.morning_after(town_day(date));
        leave_out(&by_export.dir().join(&fees));
        by_igate.morning_after(town_day(date));
        std::fs::remove_file(by_igate.dir().join(&fees)).unwrap();
        let (one, other) = (night(&desk, date).await, night(&igate_desk, date).await);
        let run = document(&other);
        let igate = source(&run, "igate");
        assert_eq!(igate["state"], "complete", "{date}: {igate}");
        assert!(igate["rows"].as_u64().unwrap() > 50, "{date}: {igate}");
        assert_eq!(codes(&one), codes(&other), "{date}");
        for file in ["exceptions.csv", "links.csv", "share.csv"] {
            let read = |town: &Town| {
                let text = std::fs::read_to_string(town.folder(date).join(file)).unwrap();
                text.lines().map(str::to_owned).collect::<Vec<_>>()
            };
            let (left, right) = (read(&by_export), read(&by_igate));
            let differ = left.iter().zip(&right).find(|(left, right)| left != right);
            assert_eq!((differ, left.len()), (None, right.len()), "{date} {file}");
        }
        // again nothing changes, although the interface is asked again
        assert!(!night(&igate_desk, date).await.published, "{date}");
    }
    let counters = by_igate.sandbox.counters();
    let tokens = counters
        .attempts
        .iter()
        .filter(|(line, _)| line.contains("token"));
    let tokens: u64 = tokens.map(|(_, times)| times).sum();
    assert!(tokens > 3, "tokens were spent in the middle: {tokens}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_that_is_down_is_exit_3_and_the_next_night_reads_what_it_missed() {
    let town = town().await;
    let up = with_igate(&town);
    let base = town.sandbox.base_url("igate");
    town.morning_after(town_day(FIRST));
    std::fs::remove_file(town.dir().join("inbox/dossier_fees_2022-12-05.csv")).unwrap();
    let down = |text: String| up(text).replace(&format!("\"{base}"), "\"http://127.0.0.1:1");
    let desk = town.desk(&down).await;
    let late = night(&desk, FIRST).await;
    assert_eq!(codes(&late), [3]);
    assert_eq!(source(&document(&late), "igate")["state"], "late");
    town.morning_after(town_day("2022-12-06"));
    std::fs::remove_file(town.dir().join("inbox/dossier_fees_2022-12-06.csv")).unwrap();
    let desk = town.desk(&up).await;
    let next = night(&desk, "2022-12-06").await;
    assert_eq!(source(&document(&next), "igate")["state"], "complete");
    let healed = night(&desk, FIRST).await;
    assert_eq!(source(&document(&healed), "igate")["state"], "complete");
    assert_eq!(healed.run.version, 2);
    for (name, bytes) in town.reports() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("sandbox-igate"), "{name} shows a secret");
    }
}
