//! A night is covered by the exports that tell of its day: yesterday's files that come today say
//! nothing of today, and fees without receipts are half a day.

use std::fs;

use doisoat::config::Config;
use serde_json::Value;

use crate::database::Kind;
use crate::town::{Town, as_is, codes, day, document, headline, night, source};

const NIGHTS: [&str; 3] = ["2022-12-05", "2022-12-06", "2022-12-07"];

fn state(run: &Value) -> (&str, &str) {
    let source = source(run, "one-stop");
    let trouble = source["trouble"].as_str().unwrap_or_default();
    (source["state"].as_str().unwrap(), trouble)
}

/// Takes the files of a day whose names begin so out of the folder.
fn take(town: &Town, kind: &str, date: &str) -> Vec<(String, Vec<u8>)> {
    let mut taken = Vec::new();
    for entry in fs::read_dir(town.dir().join("inbox")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with(kind) && name.contains(date) {
            taken.push((name, fs::read(&path).unwrap()));
            fs::remove_file(&path).unwrap();
        }
    }
    assert!(!taken.is_empty());
    taken
}

fn put(town: &Town, files: &[(String, Vec<u8>)]) {
    for (name, bytes) in files {
        fs::write(town.dir().join("inbox").join(name), bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_a_day_late_leaves_the_night_missing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(NIGHTS[0]));
        assert_eq!(
            state(&document(&night(&desk, NIGHTS[0]).await)).0,
            "complete"
        );
        town.morning_after(day(NIGHTS[1]));
        let late = take(&town, "", NIGHTS[1]);
        let second = night(&desk, NIGHTS[1]).await;
        assert!(codes(&second).contains(&3));
        // the day's own export is late again, yesterday's comes
        town.morning_after(day(NIGHTS[2]));
        let own = take(&town, "", NIGHTS[2]);
        put(&town, &late);
        let third = night(&desk, NIGHTS[2]).await;
        let run = document(&third);
        assert_eq!(headline(&run)["verdict"], "undecided", "{}", headline(&run));
        let (state_of, trouble) = state(&run);
        assert_ne!(state_of, "complete", "{trouble}");
        let says = "chưa có tệp cho ngày 07/12/2022; mới đọc được";
        let names =
            trouble.contains(says) && trouble.contains("dossier_fees_2022-12-06.csv (06/12/2022)");
        assert!(names, "{trouble}");
        assert!(codes(&third).contains(&3));
        // what came late belongs to its own night
        let again = night(&desk, NIGHTS[1]).await;
        assert_eq!(state(&document(&again)), ("complete", ""));
        put(&town, &own);
        let again = night(&desk, NIGHTS[2]).await;
        assert_eq!(state(&document(&again)), ("complete", ""));
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_always_came_is_due() {
    let kinds = ["cash_receipts", "dossier_fees", "payment_orders"];
    for lacking in kinds {
        let town = Town::new(Kind::Sqlite).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(NIGHTS[0]));
        night(&desk, NIGHTS[0]).await;
        // it stays away for two nights
        let mut held = Vec::new();
        for date in &NIGHTS[1..] {
            town.morning_after(day(date));
            held.extend(take(&town, lacking, date));
            let half = night(&desk, date).await;
            let run = document(&half);
            let (state_of, trouble) = state(&run);
            assert_eq!(state_of, "partial", "{lacking} {date}: {trouble}");
            assert!(
                trouble.contains(&format!("chưa có tệp {lacking}")),
                "{trouble}"
            );
            assert!(codes(&half).contains(&3), "{lacking} {date}");
            assert_ne!(headline(&run)["verdict"], "met", "{lacking} {date}");
        }
        put(&town, &held);
        for date in &NIGHTS[1..] {
            let whole = night(&desk, date).await;
            assert_eq!(state(&document(&whole)), ("complete", ""), "{lacking}");
        }
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_says_which_kinds_come_every_day() {
    let town = Town::new(Kind::Sqlite).await;
    let due = |kinds: &'static str| {
        move |text: String| {
            let kind = "kind = \"export\"\n";
            text.replace(kind, &format!("{kind}due = \"{kinds}\"\n"))
        }
    };
    let desk = town.desk(&due("dossier_fees, payment_orders")).await;
    for date in &NIGHTS[..2] {
        town.morning_after(day(date));
        if *date == NIGHTS[1] {
            take(&town, "cash_receipts", date);
        }
        let run = document(&night(&desk, date).await);
        assert_eq!(state(&run), ("complete", ""), "{date}");
    }
    desk.close().await;
    let wrong = town.toml(&due("fees"));
    let read = Config::parse(&wrong, &town.dir().join("doisoat.toml"));
    let error = read.unwrap_err().to_string();
    assert!(
        error.contains("due") && error.contains("cash_receipts"),
        "{error}"
    );
}
