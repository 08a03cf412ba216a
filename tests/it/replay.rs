//! A past run is made again from the archive, and whoever changed a row, an answer or a file since
//! is found out by name.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day, night};
use crate::verify::two_nights;

const SECOND: &str = "2022-12-06";

async fn replayed(town: &Town, run_id: &str) -> (i32, String) {
    let output = run(town, &["replay", run_id, "--lang", "en"]).await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (code(&output), stdout(&output) + &error)
}

/// Says that it is not as published, and in which words.
async fn differs(town: &Town, run_id: &str, words: &[&str]) {
    let (code, text) = replayed(town, run_id).await;
    assert_eq!(code, 1, "{text}");
    for words in words {
        assert!(text.contains(words), "{words}: {text}");
    }
}

/// Where the archive keeps bytes.
fn archived(town: &Town, sha256: &str) -> PathBuf {
    let archive = town.dir().join("archive");
    archive
        .join(&sha256[..2])
        .join(&sha256[2..4])
        .join(format!("{sha256}.zst"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_made_again_from_the_archive() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let (dump, reports) = (town.dump().await, town.reports());
        for date in [FIRST, SECOND] {
            let (code, text) = replayed(&town, date).await;
            assert_eq!(code, 0, "{kind:?}: {text}");
            let lines: Vec<&str> = text.lines().skip(1).collect();
            assert_eq!(lines.len(), 9, "{kind:?}: {text}");
            for line in &lines {
                assert!(line.starts_with("  same "), "{kind:?}: {text}");
            }
        }
        let output = run(&town, &["replay", SECOND, "--json"]).await;
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["equal"], true, "{document}");
        let whats = document["checks"].as_array().unwrap().iter();
        let whats: Vec<&str> = whats.map(|c| c["what"].as_str().unwrap()).collect();
        let wanted = [
            "archive", "rows", "inputs", "told", "rules", "settled", "proved", "files", "folder",
        ];
        assert_eq!(whats, wanted);
        assert!(
            town.dump().await == dump && town.reports() == reports,
            "{kind:?}"
        );
    }
}

/// Orders that a night found waiting are paid on a later one: what moved on since is no difference.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_in_the_middle_is_made_again() {
    let nights = [FIRST, SECOND, "2022-12-07", "2022-12-08"];
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in nights {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    desk.close().await;
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    for date in nights {
        let (code, text) = replayed(&town, date).await;
        assert_eq!(code, 0, "{date}: {text}");
        assert!(
            text.contains("  same     rows read again"),
            "{date}: {text}"
        );
    }
    // a row that nobody told of again is still found out
    let edit = "UPDATE txn SET memo = memo || 'x' WHERE seen_night = '2022-12-05'";
    town.database.execute(edit).await;
    differs(&town, FIRST, &["table txn, ", "column memo: stored"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changed_a_row_since_is_found_out() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let edits = [
            (
                "UPDATE txn SET memo = memo || 'x' WHERE seen_night = '2022-12-05'",
                "UPDATE txn SET memo = substr(memo, 1, length(memo) - 1) \
                 WHERE seen_night = '2022-12-05'",
                ["table txn, ", "column memo: stored"],
            ),
            (
                "UPDATE fee_version SET amount_vnd = amount_vnd + 1 WHERE told = '2022-12-05'",
                "UPDATE fee_version SET amount_vnd = amount_vnd - 1 WHERE told = '2022-12-05'",
                ["table fee_version, 000.", "column amount_vnd: stored"],
            ),
            (
                "UPDATE txn SET id = 'x' || id WHERE source = 'sepay-main' AND seen_night = '2022-12-05'",
                "UPDATE txn SET id = substr(id, 2) \
                 WHERE source = 'sepay-main' AND seen_night = '2022-12-05'",
                ["table txn, sepay-main/", "no such row as the answer tells"],
            ),
            (
                "UPDATE txn SET seen_night = '2022-12-05' \
                 WHERE source = 'sepay-main' AND seen_night = '2022-12-06'",
                "",
                ["table txn, sepay-main/", "no answer tells this row"],
            ),
        ];
        for (edit, undo, words) in edits {
            town.database.execute(edit).await;
            eprintln!("{kind:?} {edit}");
            differs(&town, FIRST, &words).await;
            if undo.is_empty() {
                continue;
            }
            town.database.execute(undo).await;
            let (code, text) = replayed(&town, FIRST).await;
            assert_eq!(code, 0, "{kind:?} {undo}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_and_damaged_bytes_are_named() {
    let town = two_nights(Kind::Sqlite).await;
    let raws = "SELECT sha256 FROM reading WHERE night = '2022-12-05' AND sha256 IS NOT NULL";
    for sha256 in town.database.texts(raws).await.iter().step_by(4) {
        let file = archived(&town, sha256);
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        differs(&town, FIRST, &["raw files cannot be read", sha256.as_str()]).await;
        std::fs::remove_file(&file).unwrap();
        differs(&town, FIRST, &["raw files cannot be read", sha256.as_str()]).await;
        std::fs::write(&file, &bytes).unwrap();
    }
    let kept = "SELECT sha256 FROM run_kept WHERE what = 'pool' AND run_id LIKE '2022-12-05%'";
    let pool = town.database.texts(kept).await.remove(0);
    let bytes = std::fs::read(archived(&town, &pool)).unwrap();
    std::fs::remove_file(archived(&town, &pool)).unwrap();
    differs(
        &town,
        FIRST,
        &["the inputs kept are not there: pool", &pool],
    )
    .await;
    std::fs::write(archived(&town, &pool), bytes).unwrap();
    // a published file, in its folder
    let links = town.folder(FIRST).join("links.csv");
    let bytes = std::fs::read(&links).unwrap();
    std::fs::write(&links, [&bytes[..], b"x"].concat()).unwrap();
    differs(
        &town,
        FIRST,
        &["links.csv: a published file is there unchanged"],
    )
    .await;
    std::fs::write(&links, bytes).unwrap();
    let (code, text) = replayed(&town, FIRST).await;
    assert_eq!(code, 0, "{text}");
}

/// What was replaced is made again, too; what an older program left is said to be unknown.
#[tokio::test(flavor = "multi_thread")]
async fn replaced_and_older_runs() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day("2022-12-07"));
        // a fee that came late: time alone makes no version
        let fee = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                   declared_method,due_at,payer_name,status\n\
                   H48.18.22-221205-9001,F1,phi,30000,H48.18.22,P1,transfer,,NGUYEN VAN A,unpaid\n";
        let late = format!("inbox/dossier_fees_{FIRST}_b.csv");
        std::fs::write(town.dir().join(late), fee).unwrap();
        let second = night(&desk, FIRST).await.run;
        assert_eq!(second.version, 2);
        let first = second.replaces.clone().unwrap();
        desk.close().await;
        for id in [first.as_str(), second.id.as_str()] {
            let (code, text) = replayed(&town, id).await;
            assert_eq!(code, 0, "{kind:?}: {text}");
            assert!(text.starts_with(id), "{text}");
            assert!(text.contains("settled again: "), "{text}");
        }
        assert_eq!(replayed(&town, &first.as_str()[..14]).await.0, 0);
        for unknown in ["2022-12-05-", "2022-12", "2022-11-30", "2022-12-05-zz"] {
            let (code, text) = replayed(&town, unknown).await;
            assert_eq!(code, 2, "{unknown}: {text}");
        }
        // an older program wrote neither, nor a chain that tells of them
        for gone in [
            "DELETE FROM reading",
            "DELETE FROM run_kept",
            "DELETE FROM audit",
        ] {
            town.database.execute(gone).await;
        }
        let (code, text) = replayed(&town, SECOND).await;
        assert_eq!(code, 0, "{kind:?}: {text}");
        assert!(
            text.contains("  unknown  raw answers: an older program"),
            "{text}"
        );
        assert!(text.contains("inputs: "), "{text}");
    }
}

/// A source that turned us away in the middle kept no row, and keeps none when it is made again.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_was_refused_half_way_is_made_again() {
    for fault in ["http_403", "http_401", "http_400", "error_in_200"] {
        let town = Town::new(Kind::Sqlite).await;
        let desk = town.desk(&as_is).await;
        let orders = &town.sandbox.district().gateway_orders;
        let fault = doisoat::sandbox::Fault::named(fault);
        town.sandbox.set_bad_order(&orders[3].order_id, fault);
        town.morning_after(day(FIRST));
        let done = night(&desk, FIRST).await;
        let run = crate::town::document(&done);
        let told = crate::town::source(&run, "vnpay");
        let refused = fault.is_some_and(|fault| fault.name.starts_with("http_40"));
        let refused = refused && fault.is_some_and(|fault| fault.name != "http_400");
        let state = if refused { "refused" } else { "partial" };
        assert_eq!(told["state"], state, "{told}");
        desk.close().await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        let (code, text) = replayed(&town, FIRST).await;
        assert_eq!(code, 0, "{fault:?}: {text}");
    }
}
