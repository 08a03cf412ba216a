//! What `inspect` prints as a source, pasted as it stands into a `doisoat.toml`, makes the night
//! read that very file, with the sums that `inspect` told.

use std::path::Path;

use crate::cli::{doisoat, stdout};
use crate::database::Kind;
use crate::office::{Office, fixture};
use crate::town::{FIRST, codes, day, document, night, source};

/// The lines under the label, without anything done to them but what a mouse marks.
fn proposed(said: &str) -> String {
    let (_, below) = said.split_once("đề nghị cho doisoat.toml:\n").unwrap();
    let marked = below
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("    "));
    marked.flat_map(|line| [line, "\n"]).collect()
}

/// Camt of another message: entries that were booked, without balances.
fn camt(message: &str, report: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(fixture("account.camt053.xml")).unwrap();
    let (before, rest) = text.split_once("<Bal>").unwrap();
    let (_, after) = rest.rsplit_once("</Bal>").unwrap();
    let text = format!("{before}{after}");
    let text = text.replace("camt.053", message);
    let (root, part) = report.split_once('/').unwrap();
    text.replace("BkToCstmrStmt", root)
        .replace("<Stmt>", &format!("<{part}>"))
        .replace("</Stmt>", &format!("</{part}>"))
        .into_bytes()
}

fn settlement() -> Vec<u8> {
    let text = "STT,Thời gian,Mã giao dịch,Mã đơn hàng,Số tiền,Phí,Thực nhận,Trạng thái,Loại,Mô tả\n\
        1,05/12/2022 09:00:00,M1,O1,\"50,000\",550,\"49,450\",Thành công,Thanh toán,\
        H48.18.22-221205-0001\n\
        2,05/12/2022 09:30:00,M2,O2,\"8,000\",220,\"7,780\",Thành công,Thanh toán,\
        H48.18.22-221205-0002\n";
    text.into()
}

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let fixtures = [
        "account.xlsx",
        "account.xls",
        "account_html.xls",
        "account_utf16.txt",
        "account_1258.csv",
        "account_tcvn3.csv",
        "account_vni.csv",
        "account.mt940",
        "account.camt053.xml",
    ];
    let mut all: Vec<(&str, Vec<u8>)> = fixtures
        .into_iter()
        .map(|name| (name, std::fs::read(fixture(name)).unwrap()))
        .collect();
    let bidv = "STT;Ngày giao dịch;Ghi nợ;Ghi có;Số dư;Mô tả\n\
        1;05/12/2022 09:15:30;0;50.000;50.000;NOP PHI H48.18.22-221205-0001\n\
        2;05/12/2022 10:15:30;20.000;0;30.000;PHI DICH VU\n";
    all.push(("bidv.csv", bidv.into()));
    all.push((
        "account.camt052.xml",
        camt("camt.052", "BkToCstmrAcctRpt/Rpt"),
    ));
    all.push((
        "account.camt054.xml",
        camt("camt.054", "BkToCstmrDbtCdtNtfctn/Ntfctn"),
    ));
    all.push(("momo_2022-12-06.csv", settlement()));
    all
}

/// How many rows the printed text tells, and their money in and out together.
fn told(said: &str) -> (u64, i64) {
    let line = said.lines().find(|line| line.contains("Bút toán")).unwrap();
    let numbers: Vec<i64> = line
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    let [entries, _, credits, _, debits] = numbers[..] else {
        panic!("{line}")
    };
    (u64::try_from(entries).unwrap(), credits + debits)
}

fn printed(dir: &Path, name: &str, bytes: &[u8]) -> String {
    std::fs::write(dir.join(name), bytes).unwrap();
    let output = doisoat(dir)
        .args(["--lang", "vi", "inspect", name])
        .output()
        .unwrap();
    stdout(&output)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_source_reads_the_file_with_the_same_sums() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files() {
        let said = printed(dir.path(), name, &bytes);
        let toml = proposed(&said);
        let office = Office::new(Kind::Sqlite, &toml).await;
        let settings = office.desk.config.sources.last().unwrap().clone();
        let folder = settings.path("path").unwrap().to_owned();
        std::fs::write(folder.join(name), &bytes).unwrap();
        let done = night(&office.desk, FIRST).await;
        let run = document(&done);
        let of = source(&run, settings.name.as_str());
        assert_eq!(of["state"], "complete", "{name}: {of}\n{toml}");
        let rows = (
            of["rows"].as_u64().unwrap(),
            of["sum_vnd"].as_i64().unwrap(),
        );
        assert_eq!(rows, told(&said), "{name}: {of}\n{said}");
        assert_eq!(of["rejects"], 0, "{name}: {of}");
        assert!(!codes(&done).contains(&5), "{name}: {of}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_source_of_an_export_reads_the_registry() {
    let dir = tempfile::tempdir().unwrap();
    let office = Office::bank(Kind::Sqlite).await;
    let name = format!("dossier_fees_{FIRST}.csv");
    let bytes = std::fs::read(office.town.dir().join("inbox").join(&name)).unwrap();
    let said = printed(dir.path(), &name, &bytes);
    let toml = proposed(&said);
    assert!(toml.contains("kind = \"export\""), "{said}");
    let edit = |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!("{head}{toml}")
    };
    let desk = office.town.desk(&edit).await;
    let folder = desk.config.sources[0].path("path").unwrap().to_owned();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(&name), &bytes).unwrap();
    office
        .town
        .set_now(day(FIRST).plus(1).start_ms() + 5_400_000);
    let run = document(&night(&desk, FIRST).await);
    let of = source(&run, "one-stop");
    assert_eq!(
        (&of["state"], &of["rows"]),
        (&"complete".into(), &told(&said).0.into()),
        "{of}"
    );
    let dump = office.town.dump().await;
    let fees = dump.lines().filter(|line| line.starts_with("fee_version"));
    assert_eq!(fees.count(), 3, "{dump}");
}
