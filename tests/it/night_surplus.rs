//! Nights with rows of a wrong file: once a statement that ties tells the same days, what it does
//! not have is put before a person, counts for nothing, and the day waits for the decision.

use serde_json::{Value, json};

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::night_untied::one;
use crate::office::{Office, csv, figures};
use crate::town::{FIRST, codes};

const SECOND: &str = "2022-12-06";

/// The conflicts on the work list.
async fn waiting(office: &Office) -> Vec<Value> {
    let args = ["exceptions", "list", "--class", "conflict", "--json"];
    let list = run(&office.town, &args).await;
    assert_eq!(code(&list), 0, "{}", stdout(&list));
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    list["exceptions"].as_array().unwrap().clone()
}

/// One payment of 50.000, read as 5.000: the balances do not agree.
fn misread() -> String {
    one(FIRST, 100_000, 5_000).replace("cuối kỳ;105000", "cuối kỳ;150000")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_right_statement_does_not_have_waits_for_a_person() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::bank(kind).await;
        office.put("sai.csv", misread().as_bytes());
        let (wrong, of) = office.night(FIRST).await;
        assert_eq!(codes(&wrong), [5, 3], "{kind:?}: {of}");
        office.put("dung.csv", one(FIRST, 100_000, 50_000).as_bytes());
        office.put("t06.csv", one(SECOND, 150_000, 8_000).as_bytes());
        let (done, of) = office.next(SECOND).await;
        assert_eq!((codes(&done), figures(&of).0), (vec![3], "partial"), "{of}");
        assert_eq!(of["missing_days"], json!([FIRST]), "{of}");
        let said = of["trouble"].as_str().unwrap();
        for words in [
            "dung.csv: ngày 05/12/2022 sao kê khớp số dư có ghi có 50.000 đồng, ghi nợ 0 đồng",
            "nhưng đang lưu ghi có 55.000 đồng, ghi nợ 0 đồng; 1 dòng từ tệp khác",
            "không có trong sao kê: ~",
            "(5.000 đồng)",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        // the wrong figures themselves are of the past
        assert!(!said.contains("sai.csv"), "{said}");
        let found = waiting(&office).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["amount_vnd"], 5_000, "{found:?}");
        let id = found[0]["exception_id"].as_str().unwrap();
        let shown = stdout(&run(&office.town, &["exceptions", "show", id]).await);
        for words in ["amount_vnd=5000 (bank)", "amount_vnd=0 (dung.csv)"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(!office.night(SECOND).await.0.published, "twice the same");
        // decided: the day is whole
        let args = [
            "exceptions",
            "decide",
            id,
            "--not-fee",
            "--by",
            "an",
            "--reason",
            "sai tep",
        ];
        assert_eq!(code(&run(&office.town, &args).await), 0);
        office.put("t07.csv", one("2022-12-07", 158_000, 8_000).as_bytes());
        let (whole, of) = office.next("2022-12-07").await;
        assert_eq!(
            (codes(&whole), figures(&of).0),
            (vec![0], "complete"),
            "{of}"
        );
        assert!(waiting(&office).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_file_may_come_last_or_hold_more() {
    // right first, in one folder; then a wrong file with more money
    for (wrong, right) in [("b.csv", "a.csv"), ("a.csv", "b.csv")] {
        for dong in [5_000, 500_000] {
            let office = Office::bank(Kind::Sqlite).await;
            let text = one(FIRST, 100_000, dong);
            let text = text.replace(&format!("cuối kỳ;{}", 100_000 + dong), "cuối kỳ;149999");
            office.put(wrong, text.as_bytes());
            office.put(right, one(FIRST, 100_000, 50_000).as_bytes());
            let (done, of) = office.night(FIRST).await;
            assert_eq!(
                (codes(&done), figures(&of).0),
                (vec![3], "partial"),
                "{wrong} {of}"
            );
            let said = of["trouble"].as_str().unwrap();
            let words = format!("{right}: ngày 05/12/2022 sao kê khớp số dư");
            assert!(said.contains(&words), "{words}: {said}");
            assert_eq!(waiting(&office).await.len(), 1, "{wrong} {dong}");
        }
    }
}

/// Both tie, both open alike, and they tell different rows: nobody knows which is right.
#[tokio::test(flavor = "multi_thread")]
async fn two_statements_that_contradict_each_other_count_for_nothing() {
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.csv", one(FIRST, 100_000, 700).as_bytes());
    office.put("b.csv", one(FIRST, 100_000, 7_000).as_bytes());
    let (done, of) = office.night(FIRST).await;
    assert_eq!((codes(&done), figures(&of).0), (vec![3], "partial"), "{of}");
    assert!(of["trouble"].as_str().unwrap().contains("2 dòng"), "{of}");
    assert_eq!(waiting(&office).await.len(), 2);
    for args in [&["replay", FIRST][..], &["verify", "--date", FIRST]] {
        let done = run(&office.town, args).await;
        let said = stdout(&done) + &String::from_utf8_lossy(&done.stderr);
        assert_eq!(code(&done), 0, "{args:?}: {said}");
    }
}

/// What tells the same rows in other cuts is no contradiction.
#[tokio::test(flavor = "multi_thread")]
async fn statements_of_the_same_rows_are_one() {
    let row = |n: u32, dong: u32, end: u32| {
        format!("05/12/2022;{n};0;{dong};{end};NOP PHI H48.18.22-221205-000{n}")
    };
    let [a, b, c] = [
        row(1, 50_000, 150_000),
        row(2, 8_000, 158_000),
        row(3, 20_000, 178_000),
    ];
    let all = csv(&[&a, &b, &c]);
    let cases: [&[String]; 4] = [
        // at noon and in the evening
        &[csv(&[&a, &b]), all.clone()],
        // one after the other
        &[csv(&[&a, &b]), csv(&[&c])],
        &[csv(&[&a]), csv(&[&b]), csv(&[&c])],
        // the whole day and a part of it that hangs on nothing
        &[all.clone(), csv(&[&b])],
    ];
    for files in cases {
        let office = Office::bank(Kind::Sqlite).await;
        for (at, text) in files.iter().enumerate() {
            office.put(&format!("{at}.csv"), text.as_bytes());
        }
        let (done, of) = office.night(FIRST).await;
        assert_eq!(codes(&done), [0], "{files:?}: {of}");
        assert_eq!(figures(&of), ("complete", 3, 78_000), "{files:?}: {of}");
        assert!(waiting(&office).await.is_empty(), "{files:?}");
    }
}

/// Two files of one day, without any statement before them: money moved between the two.
#[tokio::test(flavor = "multi_thread")]
async fn money_between_two_files_of_a_day_is_missing() {
    let office = Office::bank(Kind::Sqlite).await;
    office.put("sang.csv", one(FIRST, 100_000, 50_000).as_bytes());
    office.put("chieu.csv", one(FIRST, 160_000, 8_000).as_bytes());
    let (done, of) = office.night(FIRST).await;
    assert_eq!((codes(&done), figures(&of).0), (vec![3], "partial"), "{of}");
    let said =
        "chieu.csv: số dư đầu kỳ 160.000 khác số dư cuối kỳ 150.000 của sang.csv, lệch 10.000 đồng";
    assert!(of.to_string().contains(said), "{of}");
    assert_eq!(of["missing_days"], json!([FIRST]), "{of}");
    assert!(waiting(&office).await.is_empty());
    // what lies between them comes
    office.put("trua.csv", one(FIRST, 150_000, 10_000).as_bytes());
    let (healed, of) = office.night(FIRST).await;
    assert_eq!(codes(&healed), [0], "{of}");
    assert_eq!(figures(&of), ("complete", 3, 68_000), "{of}");
}
