//! One source's trouble is only its own, and the exit code tells it.

use std::collections::BTreeMap;

use doisoat::classify::Severity;
use doisoat::config::Surroundings;
use doisoat::job::Exit;
use doisoat::job::nightly::{self, Mode};
use doisoat::job::pull;
use doisoat::sandbox::Fault;

use crate::database::Kind;
use crate::fake::{Fake, Step};
use crate::town::{FIRST, Town, as_is, codes, day, document, headline, night, source};

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_down_is_exit_3_and_the_others_are_read() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        town.morning_after(day(FIRST));
        let base = town.sandbox.base_url("sepay");
        let down = |text: String| text.replace(&base, "http://127.0.0.1:1/sepay");
        let desk = town.desk(&down).await;
        let late = night(&desk, FIRST).await;
        assert_eq!(codes(&late), [3], "{kind:?}");
        let run = document(&late);
        assert_eq!(source(&run, "sepay-main")["state"], "late");
        assert_eq!(source(&run, "casso-main")["state"], "complete");
        assert_eq!(source(&run, "vnpay")["state"], "complete");
        assert_eq!(headline(&run)["verdict"], "undecided");
        // Past its freshness it is missing: source states are inputs, so this is a new run.
        town.set_now(day(FIRST).plus(4).start_ms());
        let missing = night(&desk, FIRST).await;
        assert_eq!(
            source(&document(&missing), "sepay-main")["state"],
            "missing"
        );
        assert_eq!(
            (missing.run.version, missing.run.replaces),
            (2, Some(late.run.id))
        );
        assert!(
            town.folder("2022-12-05.v1").is_dir(),
            "the replaced folder stays"
        );
        // Once it answers, the night heals.
        let desk = town.desk(&as_is).await;
        let healed = night(&desk, FIRST).await;
        assert_eq!(
            (codes(&healed), healed.run.version),
            (vec![0], 3),
            "{kind:?}"
        );
        assert_eq!(
            source(&document(&healed), "sepay-main")["state"],
            "complete"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_says_that_nothing_happened_covers_its_night() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        assert_eq!(codes(&night(&desk, FIRST).await), [0], "{kind:?}");
        let inbox = town.dir().join("inbox");
        let header = |kind: &str| {
            let file = inbox.join(format!("{kind}_2022-12-05.csv"));
            let full = std::fs::read_to_string(file).unwrap();
            full.lines().next().unwrap().to_owned()
        };
        for date in ["2022-12-06", "2022-12-07"] {
            // The same bytes on both nights.
            for kind in ["cash_receipts", "dossier_fees", "payment_orders"] {
                let name = format!("{kind}_{date}.csv");
                std::fs::write(inbox.join(name), header(kind) + "\n").unwrap();
            }
            town.set_now(day(date).plus(1).start_ms() + 5_400_000);
            let done = night(&desk, date).await;
            let sources = &document(&done)["sources"];
            assert_eq!(codes(&done), [0], "{kind:?} {date}: {sources}");
            assert!(!night(&desk, date).await.published, "{kind:?} {date}");
        }
        // Without any file the night is not covered, whatever old ones lie there.
        town.set_now(day("2022-12-08").plus(1).start_ms() + 5_400_000);
        assert_eq!(codes(&night(&desk, "2022-12-08").await), [3], "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_is_exit_12_and_no_row_of_it_is_stored() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let mut desk = town.desk(&as_is).await;
    let known = ["sepay", "casso", "vnpay"].map(|name| town.sandbox.credentials(name));
    let wrong = known.into_iter().flatten().map(|c| {
        let value = if c.env.contains("CASSO") {
            "CANARY-WRONG"
        } else {
            c.value
        };
        (c.env.to_owned(), value.to_owned())
    });
    desk.around = Surroundings::fixed(wrong.collect(), None);
    let refused = night(&desk, FIRST).await;
    assert_eq!(codes(&refused), [12, 3]);
    let run = document(&refused);
    let casso = source(&run, "casso-main");
    assert_eq!(
        (&casso["state"], &casso["rows"]),
        (&"refused".into(), &0.into())
    );
    assert_eq!(source(&run, "sepay-main")["state"], "complete");
    for (name, bytes) in town.reports() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("CANARY"), "{name} shows a credential");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_is_exit_12() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    town.sandbox
        .set_fault(Some(Fault::named("wrong_signature").unwrap()));
    let refused = night(&desk, FIRST).await;
    assert_eq!(codes(&refused), [12, 3]);
    let run = document(&refused);
    let vnpay = source(&run, "vnpay");
    assert_eq!(
        (&vnpay["state"], &vnpay["rows"]),
        (&"refused".into(), &0.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn open_money_above_the_gate_is_exit_4() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    let open = nightly::run(&desk, day(FIRST), Mode::DryRun).await.unwrap();
    let told = document(&open);
    let at_risk = told["work"]["closing"]["sum_vnd"].as_i64().unwrap();
    let rows = told["exceptions"].as_array().unwrap().iter();
    let rows = rows.filter(|row| {
        let class = doisoat::classify::class(row["class"].as_str().unwrap());
        class.unwrap().severity != Severity::Info
    });
    let whole: i64 = rows.map(|row| row["sum_vnd"].as_i64().unwrap()).sum();
    assert!(0 < at_risk && at_risk < whole, "nothing tells them apart");
    // the gate looks at the figure that finance reads, not at whole rows
    let modes = [Mode::DryRun, Mode::DryRun, Mode::Publish];
    for ((max, exit), mode) in [(at_risk, 0), (at_risk - 1, 4), (0, 4)]
        .into_iter()
        .zip(modes)
    {
        let gate = |text: String| format!("[gates]\nopen_vnd_max = {max}\n{text}");
        let desk = town.desk(&gate).await;
        let night = nightly::run(&desk, day(FIRST), mode).await.unwrap();
        assert_eq!(codes(&night), [exit], "{max} of {at_risk}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret_ends_before_anything_is_read() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let mut desk = town.desk(&as_is).await;
    desk.around = Surroundings::fixed(BTreeMap::new(), None);
    let before = town.dump().await;
    let error = nightly::run(&desk, day(FIRST), Mode::Publish)
        .await
        .unwrap_err();
    assert_eq!(error.exit(), Exit::Usage);
    let (message, fix) = error.message_and_fix();
    assert!(message.contains("DOISOAT_SANDBOX_SEPAY_TOKEN"), "{message}");
    assert!(!fix.is_empty());
    crate::town::same_dump(&town.dump().await, &before, "state");
}

/// A SePay that lists one row more than it counts.
async fn sepay_that_contradicts_itself() -> Fake {
    Fake::answering(|line| {
        let body = if line.contains("/count") {
            r#"{"status":200,"error":null,"count_transactions":0}"#.to_owned()
        } else if line.contains("2022-12-05") {
            r#"{"status":200,"error":null,"transactions":[{"id":"1","bank_brand_name":"VietinBank",
                "account_number":"0123456789","transaction_date":"2022-12-05 09:00:00",
                "amount_out":"0.00","amount_in":"50000.00","accumulated":"50000.00",
                "transaction_content":"x","reference_number":"R1","code":null,
                "sub_account":null,"bank_account_id":"1"}]}"#
                .to_owned()
        } else {
            r#"{"status":200,"error":null,"transactions":[]}"#.to_owned()
        };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        let length = body.len();
        Step::Bytes(format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_that_do_not_tie_are_exit_5_and_nothing_is_exported() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let fake = sepay_that_contradicts_itself().await;
    let (base, other) = (
        town.sandbox.base_url("sepay"),
        format!("http://127.0.0.1:{}", fake.port),
    );
    let untied = |text: String| {
        text.replace(&base, &other).replace(
            "[[source]]\nname = \"sepay",
            "[[source]]\nlookback = \"0d\"\nname = \"sepay",
        )
    };
    let desk = town.desk(&untied).await;
    let red = night(&desk, FIRST).await;
    assert_eq!(codes(&red), [5]);
    let run = document(&red);
    assert_eq!(source(&run, "sepay-main")["control"]["ties"], false);
    let names: Vec<String> = town.reports().into_keys().collect();
    let shown = ["SHA256SUMS", "index.html", "run.json"].map(|name| format!("{FIRST}/{name}"));
    assert_eq!(names, shown);
}

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n";

/// A configuration with a registry and nothing else.
fn registry_only(more: &str) -> impl Fn(String) -> String {
    move |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!("{head}[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n{more}")
    }
}

/// A fee line that nobody has paid.
fn unpaid(n: usize, due: &str) -> String {
    format!("H48.18.22-221205-000{n},F1,phi,50000,H48.18.22,P1,qr,{due},NGUYEN VAN A,unpaid\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_withdraws_the_open_fees_that_it_no_longer_holds() {
    let town = Town::new(Kind::Sqlite).await;
    let (kept, gone) = (unpaid(1, "2022-12-04"), unpaid(2, "2022-12-04"));
    let desk = town.desk(&registry_only("mode = \"snapshot\"\n")).await;
    let inbox = town.dir().join("inbox");
    std::fs::write(
        inbox.join("dossier_fees_1.csv"),
        format!("{FEES}{kept}{gone}"),
    )
    .unwrap();
    town.set_now(day("2022-12-06").start_ms() + 1);
    let first = night(&desk, FIRST).await;
    assert_eq!(codes(&first), [0]);
    let classes = |run: &serde_json::Value| run["exceptions"].to_string();
    assert!(
        classes(&document(&first)).contains(r#"{"class":"unpaid","count":2,"#),
        "{first:?}"
    );
    std::fs::write(inbox.join("dossier_fees_2.csv"), format!("{FEES}{kept}")).unwrap();
    town.set_now(day("2022-12-07").start_ms() + 1);
    let second = night(&desk, "2022-12-06").await;
    let text = classes(&document(&second));
    assert!(text.contains(r#"{"class":"unpaid","count":1,"#), "{text}");
    assert!(!night(&desk, "2022-12-06").await.published);
}

/// Snapshots that wait in the folder withdraw on their own nights.
#[tokio::test(flavor = "multi_thread")]
async fn snapshots_caught_up_withdraw_each_on_its_night() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&registry_only("mode = \"snapshot\"\n")).await;
    let all: Vec<String> = (1..=3).map(|n| unpaid(n, "2022-12-04")).collect();
    for (date, kept) in [(FIRST, 3), ("2022-12-06", 2), ("2022-12-07", 1)] {
        let text = format!("{FEES}{}", all[..kept].concat());
        let name = format!("inbox/dossier_fees_{date}.csv");
        std::fs::write(town.dir().join(name), text).unwrap();
    }
    town.set_now(day("2022-12-08").start_ms() + 1);
    for (date, count) in [(FIRST, 3), ("2022-12-06", 2), ("2022-12-07", 1)] {
        let done = night(&desk, date).await;
        let text = document(&done)["exceptions"].to_string();
        let unpaid = format!(r#"{{"class":"unpaid","count":{count},"#);
        assert!(text.contains(&unpaid), "{date}: {text}");
        assert_eq!(codes(&done), [0], "{date}");
    }
}

/// One file under one name, written anew every day: without a day in its name the dates of its rows
/// and the files before it tell.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_day_in_its_name_covers_the_day_of_its_rows() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&registry_only("")).await;
    let write = |text: &str| {
        let path = town.dir().join("inbox/dossier_fees.csv");
        std::fs::write(path, format!("{FEES}{text}")).unwrap();
    };
    write(&unpaid(1, "2022-12-04"));
    town.set_now(day("2022-12-06").start_ms() + 1);
    assert_eq!(codes(&night(&desk, FIRST).await), [0]);
    // the file of the 6th is pulled with the 7th, before the 6th is run
    write(&unpaid(2, "2022-12-04").replace("221205", "221206"));
    town.set_now(day("2022-12-08").start_ms() + 1);
    pull::alone(&desk, day("2022-12-07"), None).await.unwrap();
    assert_eq!(codes(&night(&desk, "2022-12-06").await), [0]);
    let seventh = night(&desk, "2022-12-07").await;
    assert_eq!(codes(&seventh), [3], "the file that it read is of the 6th");
    // a quiet day: only an older dossier changes; the file is of the day after the newest before it
    write(&unpaid(1, "2022-12-09"));
    town.set_now(day("2022-12-09").start_ms() + 1);
    let eighth = night(&desk, "2022-12-08").await;
    assert_eq!(codes(&eighth), [3]);
    let told = source(&document(&eighth), "r")["trouble"].to_string();
    let says = "dossier_fees.csv (07/12/2022): hãy chép tệp của ngày đó vào, tên tệp có ghi ngày";
    assert!(told.contains(says), "{told}");
    assert_eq!(codes(&night(&desk, "2022-12-07").await), [0]);
    // one that names its day covers it
    let named = town.dir().join("inbox/dossier_fees_2022-12-08.csv");
    std::fs::write(named, format!("{FEES}{}", unpaid(1, "2022-12-10"))).unwrap();
    let quiet = night(&desk, "2022-12-08").await;
    assert_eq!(codes(&quiet), [0]);
    let text = document(&quiet)["exceptions"].to_string();
    assert!(text.contains(r#"{"class":"unpaid","count":2,"#), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_bad_rows_is_partial_and_a_rerun_judges_alike() {
    let town = Town::new(Kind::Sqlite).await;
    let line = |n: u32, amount: &str| {
        format!("H48.18.22-221205-000{n},F1,phi,{amount},H48.18.22,P1,qr,2022-12-04,A,unpaid\n")
    };
    let rows = [line(1, "50000"), line(2, "1.250.00"), line(3, "50000.00")].concat();
    std::fs::write(
        town.dir().join("inbox/dossier_fees.csv"),
        format!("{FEES}{rows}"),
    )
    .unwrap();
    town.set_now(day("2022-12-06").start_ms() + 1);
    let desk = town.desk(&registry_only("")).await;
    let bad = night(&desk, FIRST).await;
    assert_eq!(codes(&bad), [3]);
    let run = document(&bad);
    assert_eq!(
        (&source(&run, "r")["state"], &source(&run, "r")["rejects"]),
        (&"partial".into(), &2.into())
    );
    assert!(!night(&desk, FIRST).await.published);
}
