//! The fee table: what does not fit it is told, and nothing else changes.

use std::path::Path;

use doisoat::sandbox::FEE_TABLE;
use serde_json::Value;

use crate::cli::{self, MATCH, ends, match_files, stderr};
use crate::database::Kind;
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, codes, day, document, night};

const HEAD: &str = "procedure_code,fee_kind,item,rate_vnd,unit,percent,channel,applicant,valid_from,valid_to,legal_basis\n";

fn with_table(name: &'static str) -> impl Fn(String) -> String {
    move |text: String| {
        let (head, sources) = text.split_once("[[source]]").unwrap();
        format!("{head}[fees]\ntable = \"{name}\"\n\n[[source]]{sources}")
    }
}

fn findings(town: &Town, date: &str) -> Vec<Vec<String>> {
    rows(&std::fs::read(town.folder(date).join("fee_findings.csv")).unwrap())
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let record = |record: Result<csv::StringRecord, csv::Error>| {
        record.unwrap().iter().map(str::to_owned).collect()
    };
    reader.records().map(record).collect()
}

const FINDING: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn a_night_tells_what_does_not_fit_and_decides_as_without_a_table() {
    let plain = Town::new(Kind::Sqlite).await;
    let told = Town::new(Kind::Sqlite).await;
    std::fs::write(told.dir().join("fee_table.csv"), FEE_TABLE).unwrap();
    let table = with_table("fee_table.csv");
    let (without, with) = (plain.desk(&as_is).await, told.desk(&table).await);
    let (mut seen, mut zeros) = (0, 0);
    for date in [FIRST, "2022-12-06", "2022-12-07"] {
        plain.morning_after(day(date));
        told.morning_after(day(date));
        let (a, b) = (night(&without, date).await, night(&with, date).await);
        assert_eq!(codes(&a), codes(&b), "{date}");
        let (a, b) = (document(&a), document(&b));
        for part in ["share", "exceptions", "totals", "sources"] {
            assert_eq!(a[part], b[part], "{date} {part}");
        }
        assert_eq!(a["digests"]["output"], b["digests"]["output"], "{date}");
        assert_ne!(a["digests"]["rules"], b["digests"]["rules"], "{date}");
        assert!(a["fee_table"].is_null() && against_schema(&b).is_empty());
        for file in ["exceptions.csv", "links.csv", "share.csv"] {
            let read = |town: &Town| std::fs::read(town.folder(date).join(file)).unwrap();
            assert_eq!(read(&plain), read(&told), "{date} {file}");
        }
        assert!(!plain.folder(date).join("fee_findings.csv").exists());
        let lines = findings(&told, date);
        let count = |part: &str| -> u64 {
            let words = b["fee_table"][part].as_array().unwrap();
            words
                .iter()
                .map(|word| word["count"].as_u64().unwrap())
                .sum()
        };
        let is_zero = |line: &&Vec<String>| ["exempt", "zero_rate"].contains(&&*line[FINDING]);
        let zero = u64::try_from(lines.iter().filter(is_zero).count()).unwrap();
        let all = u64::try_from(lines.len()).unwrap();
        assert_eq!(
            (count("zeros"), count("findings")),
            (zero, all - zero),
            "{date}"
        );
        let page = std::fs::read_to_string(told.folder(date).join("index.html")).unwrap();
        let heading = format!("Khoản thu không khớp biểu phí: {}", all - zero);
        assert!(page.contains(&heading), "{date}");
        let plain_page = std::fs::read_to_string(plain.folder(date).join("index.html")).unwrap();
        assert!(!plain_page.contains("biểu phí"), "{date}");
        seen += all - zero;
        zeros += zero;
        assert!(b["fee_table"]["confirmed"].as_u64().unwrap() > 20, "{date}");
        assert_eq!(b["fee_table"]["unjudged"]["unlisted"], 0, "{date}");
    }
    assert!(
        (1..60).contains(&seen) && zeros > 10,
        "{seen} findings, {zeros} zeros"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn next_years_rates_leave_last_years_nights_alone() {
    let town = Town::new(Kind::Sqlite).await;
    let file = town.dir().join("fee_table.csv");
    let table = with_table("fee_table.csv");
    town.morning_after(day(FIRST));
    let run = async |text: &str| {
        std::fs::write(&file, text).unwrap();
        let done = night(&town.desk(&table).await, FIRST).await;
        (done.run.id.clone(), done.published)
    };
    let (first, published) = run(FEE_TABLE).await;
    assert!(published);
    // a rate that ends and one that begins in some later year
    let old = ",2022-01-01,,Nghị quyết minh họa số 2";
    let ended = FEE_TABLE.replace(old, ",2022-01-01,2023-12-31,Nghị quyết minh họa số 2");
    assert_ne!(ended, FEE_TABLE);
    let later = "1.004884,le_phi,Đăng ký lại khai sinh,9000,case,,,,,,,2024-01-01,,Nghị quyết minh họa số 4\n";
    assert_eq!(
        run(&format!("{ended}{later}")).await,
        (first.clone(), false)
    );
    // a rate of today is another rule: another version of the night
    let dearer = FEE_TABLE.replace("ký kết hôn,8000", "ký kết hôn,9000");
    let (second, published) = run(&dearer).await;
    assert!(published && second != first);
    let marriages = findings(&town, FIRST);
    let marriage = |line: &&Vec<String>| line[3] == "1.000894" && line[FINDING] == "no_rate";
    assert!(marriages.iter().filter(marriage).count() > 0);
    // a line that cannot be read stops no night, and nothing is said of its procedure
    let broken = FEE_TABLE.replace("ký kết hôn,8000", "ký kết hôn,8.000");
    let (_, published) = run(&broken).await;
    let page = std::fs::read_to_string(town.folder(FIRST).join("index.html")).unwrap();
    assert!(published && page.contains("có dòng không đọc được"));
    assert!(
        !findings(&town, FIRST)
            .iter()
            .any(|line| line[3] == "1.000894")
    );
}

#[test]
fn match_writes_what_does_not_fit_and_the_same_files() {
    let dir = tempfile::tempdir().unwrap();
    match_files(dir.path());
    let files = [
        "exceptions.csv",
        "links.csv",
        "share.csv",
        "suggestions.csv",
    ];
    let read = |name: &str| std::fs::read(dir.path().join("out").join(name)).unwrap();
    ends(dir.path(), &MATCH, 0);
    let before: Vec<_> = files.iter().map(|name| read(name)).collect();
    let table = |lines: &str| std::fs::write(dir.path().join("t.csv"), format!("{HEAD}{lines}"));
    let with = [&MATCH[..], &["--fee-table", "t.csv"]].concat();
    table("P1,phi,,40000,case,,,,2022-12-03,,NQ 2\nP1,phi,,30000,case,,,,2020-01-01,2022-12-02,NQ 1\n")
        .unwrap();
    for more in [&[][..], &["--no-proof"]] {
        ends(dir.path(), &[&with[..], more].concat(), 0);
        let after: Vec<_> = files.iter().map(|name| read(name)).collect();
        assert_eq!(before, after, "{more:?}");
        let told = rows(&read("fee_findings.csv"));
        let [line] = &told[..] else {
            panic!("{told:?}");
        };
        let cells = [0, 1, 5, 8, FINDING, 10, 13].map(|at| line[at].as_str());
        let expected = [
            "H48.18.22-221202-0001",
            "F1",
            "2022-12-02",
            "50000",
            "no_rate",
            "warn",
            "NQ 1",
        ];
        assert_eq!(cells, expected);
        assert!(line[11].contains("30.000"), "{}", line[11]);
    }
    table("P1,phi,,50000,case,,,,2022-12-03,,NQ 2\nP1,phi,,30000,case,,,,2020-01-01,2022-12-02,NQ 1\n")
        .unwrap();
    ends(dir.path(), &with, 0);
    let told = rows(&read("fee_findings.csv"));
    assert_eq!(
        (&*told[0][FINDING], &*told[0][13]),
        ("early_rate", "NQ 1; NQ 2")
    );
    let check = |lines: &str, said: &str| {
        table(lines).unwrap();
        let output = ends(dir.path(), &with, 2);
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    };
    check(
        "P1,phi,,5e4,case,,,,2022-12-03,,NQ 2\n",
        "t.csv:2, rate_vnd: ",
    );
    check(
        "P1,phi,,5,case,,,,2022-12-03,,NQ 2\nP1,phi,,5,hour,,,,2022-12-03,,NQ 2\n",
        "t.csv:3, unit: ",
    );
    std::fs::write(dir.path().join("t.csv"), "procedure_code,fee_kind\n").unwrap();
    let output = ends(dir.path(), &with, 2);
    assert!(stderr(&output).contains("rate_vnd"), "{}", stderr(&output));
    std::fs::remove_file(dir.path().join("t.csv")).unwrap();
    assert!(stderr(&ends(dir.path(), &with, 2)).contains("t.csv"));
}

/// What `check` says of the fee table: state, message.
fn checked(dir: &Path) -> Vec<(String, String)> {
    let output = cli::doisoat(dir)
        .args(["check", "--offline", "--json"])
        .output()
        .unwrap();
    let document: Value = cli::json(&output);
    let probes = document["probes"].as_array().unwrap();
    let own = probes.iter().filter(|probe| probe["name"] == "fee table");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    own.map(|probe| (text(&probe["state"]), text(&probe["message"])))
        .collect()
}

#[test]
fn check_names_the_lines_and_what_cannot_be_meant() {
    let dir = tempfile::tempdir().unwrap();
    ends(dir.path(), &["init"], 0);
    assert_eq!(checked(dir.path()), []);
    let toml = dir.path().join("doisoat.toml");
    let text = std::fs::read_to_string(&toml).unwrap();
    let named = text.replace("# table = \"fee_table.csv\"", "table = \"fee_table.csv\"");
    assert_ne!(named, text);
    std::fs::write(&toml, named).unwrap();
    // a table that is not there is an error with its place
    let output = ends(dir.path(), &["check", "--offline"], 2);
    assert!(
        stderr(&output).contains("fee_table.csv"),
        "{}",
        stderr(&output)
    );
    let example = dir.path().join("fee_table.example.csv");
    std::fs::copy(&example, dir.path().join("fee_table.csv")).unwrap();
    let [(state, message)] = &checked(dir.path())[..] else {
        panic!("{:?}", checked(dir.path()));
    };
    assert!(
        state == "ok" && message.starts_with("3 rates in order"),
        "{state} {message}"
    );
    let lines = "1.000894,le_phi,,8000,case,,,,2020-01-01,2021-12-31,NQ 1\n\
                 1.000894,le_phi,,9000,case,,,,2021-06-01,,NQ 2\n\
                 1000894,le_phi,,9000,case,,,,2021-06-01,,NQ 2\n\
                 1.000895,le_phi,,nine,case,,,,2021-06-01,,NQ 2\n\
                 1.000896,le_phi,,100,case,33.33%,,,2021-06-01,,NQ 2\n";
    std::fs::write(dir.path().join("fee_table.csv"), format!("{HEAD}{lines}")).unwrap();
    let found = checked(dir.path());
    let says = |state: &str, part: &str| {
        let is_it = |(s, m): &&(String, String)| s == state && m.contains(part);
        assert_eq!(found.iter().filter(is_it).count(), 1, "{part}: {found:?}");
    };
    says("fail", "fee_table.csv:5, rate_vnd: ");
    says("fail", "both apply");
    says("fail", "no whole dong");
    says("warn", "1000894 does not look like");
    assert_eq!(found.len(), 4, "{found:?}");
}
