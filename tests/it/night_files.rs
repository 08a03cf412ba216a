//! Nights that read statement and settlement files from a folder: every format, exactly once,
//! with their balances, and whatever is wrong with them.

use doisoat::cli::inspect::inspect;
use doisoat::domain::Lang;
use doisoat::job::pull;
use doisoat::job::verify::{Which, verify};
use sha2::{Digest, Sha256};

use crate::database::Kind;
use crate::office::{BANK, Office, csv, figures, fixture};
use crate::town::{FIRST, codes, day, document, night, same_dump, source};

const FORMATS: [(&str, u64); 9] = [
    ("account.xlsx", 3),
    ("account.xls", 3),
    ("account_html.xls", 3),
    ("account_utf16.txt", 3),
    ("account_1258.csv", 3),
    ("account_tcvn3.csv", 3),
    ("account_vni.csv", 3),
    ("account.mt940", 4),
    ("account.camt053.xml", 1),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_in_every_format_is_read_by_the_night() {
    for (name, rows) in FORMATS {
        let office = Office::bank(Kind::Sqlite).await;
        office.fixture(name);
        let (first, of) = office.night(FIRST).await;
        let sum = match rows {
            1 => 50_000,
            3 => 208_000,
            _ => 216_000,
        };
        assert_eq!(figures(&of), ("complete", rows, sum), "{name}: {of}");
        assert_eq!(of["control"]["ties"], true, "{name}: {of}");
        assert_eq!(codes(&first), [0], "{name}");
        let text = document(&first)["exceptions"].to_string();
        assert!(
            text.contains("\"unpaid\""),
            "{name}: only the third is unpaid: {text}"
        );
        let bytes = std::fs::read(fixture(name)).unwrap();
        let sha256 = hex::encode(Sha256::digest(&bytes));
        assert_eq!(office.desk.archive.get(&sha256).unwrap(), bytes, "{name}");
        let proved = verify(&office.desk, &Which::Last).await.unwrap();
        let runs = &proved.runs;
        assert_eq!((runs.len(), &runs[0].found[..]), (1, &[][..]), "{name}");
        let dump = office.town.dump().await;
        assert!(!office.night(FIRST).await.0.published, "{name}");
        same_dump(&office.town.dump().await, &dump, name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_day_in_every_format_at_once_adds_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::bank(kind).await;
        for (name, _) in FORMATS.into_iter().filter(|(_, rows)| *rows == 3) {
            office.fixture(name);
        }
        let (first, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 3, 208_000), "{kind:?}: {of}");
        assert_eq!(codes(&first), [0]);
        // once more under another name, and the day after with one more entry
        office.put(
            "copy.csv",
            &std::fs::read(fixture("account_1258.csv")).unwrap(),
        );
        let (second, _) = office.night(FIRST).await;
        assert!(!second.published, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn references_that_repeat_stay_apart_and_come_once() {
    let office = Office::bank(Kind::Sqlite).await;
    let (a, b) = (
        "05/12/2022;5078.1;0;50.000;50.000;NOP PHI H48.18.22-221205-0001",
        "05/12/2022;5078.1;0;50.000;100.000;NOP PHI",
    );
    // at noon one of them, in the evening both, newest first
    office.put("noon.csv", csv(&[a]).as_bytes());
    office.put("z_evening.csv", csv(&[b, a]).as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 2, 100_000), "{of}");
    // two equal rows are two, however often they come
    let twin = "06/12/2022;;0;20.000;120.000;PHI";
    let other = "06/12/2022;;0;20.000;140.000;PHI";
    office.put("twins.csv", csv(&[twin, other]).as_bytes());
    office.put("twins_again.csv", csv(&[a, b, twin, other]).as_bytes());
    let (_, of) = office.next("2022-12-06").await;
    assert_eq!(figures(&of), ("complete", 2, 40_000), "{of}");
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of).1, 2, "{of}");
}

#[tokio::test(flavor = "multi_thread")]
async fn balances_that_do_not_agree_are_told_and_nothing_is_exported() {
    let office = Office::bank(Kind::Sqlite).await;
    let text = std::fs::read_to_string(fixture("account.mt940")).unwrap();
    office.put(
        "a.mt940",
        text.replace("VND1150000,", "VND1145000,").as_bytes(),
    );
    let (red, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&red), figures(&of).0),
        (vec![5, 3], "partial"),
        "{of}"
    );
    assert_eq!(of["control"]["ties"], false, "{of}");
    let told = &of["balances"][0];
    assert_eq!(told["closing_vnd"], 1_145_000, "{of}");
    assert_eq!(told["difference_vnd"], -5_000, "{of}");
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("a.mt940: số dư đầu kỳ + ghi có - ghi nợ lệch số dư cuối kỳ -5000"));
    assert!(
        !office
            .town
            .reports()
            .contains_key(&format!("{FIRST}/links.csv"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_and_the_night_goes_on() {
    let office = Office::bank(Kind::Sqlite).await;
    office.fixture("account.mt940");
    let camt = std::fs::read_to_string(fixture("account.camt053.xml")).unwrap();
    office.put("cut.xml", &camt.as_bytes()[..camt.len() - 60]);
    office.put("broken.xlsx", b"PK\x03\x04 not a container");
    office.put("notes.csv", b"East,3\nWest,4\n");
    office.put("half.csv.part", b"");
    let (first, of) = office.night(FIRST).await;
    assert_eq!(codes(&first), [3]);
    assert_eq!(figures(&of), ("partial", 4, 216_000), "{of}");
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    let page = String::from_utf8(page).unwrap();
    for said in [
        "tệp bị cách ly",
        "cut.xml: dòng",
        "broken.xlsx: bảng tính bị hỏng",
        "notes.csv: không tìm thấy",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!office.night(FIRST).await.0.published);
    // the right file in its place heals the night
    for name in ["cut.xml", "broken.xlsx", "notes.csv"] {
        std::fs::remove_file(office.town.dir().join("inbox/bank").join(name)).unwrap();
    }
    let (healed, of) = office.night(FIRST).await;
    assert_eq!((codes(&healed), figures(&of).0), (vec![0], "complete"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_become_rejects_with_file_and_line() {
    let office = Office::bank(Kind::Sqlite).await;
    let rows = [
        "05/12/2022;1;0;50.000;;NOP PHI H48.18.22-221205-0001",
        "05/12/2022;2;0;8.00.0;;NOP PHI",
        "31/11/2022;3;0;7.000;;NOP PHI",
        "05/12/2022;4;0;=1+1;;NOP PHI",
        "05/12/2099;5;0;5.000;;NOP PHI",
        "05/12/2022;6;0;5.000;;NOP PHI",
        "05/12/2022;7;0;5.000;;NOP PHI",
        "05/12/2022;8;0;5.000;;NOP PHI",
    ];
    office.put("bank_2022-12-05.csv", csv(&rows).as_bytes());
    let (first, of) = office.night(FIRST).await;
    assert_eq!(
        (of["rows"].as_u64(), of["rejects"].as_u64()),
        (Some(4), Some(4)),
        "{of}"
    );
    assert_eq!(
        (codes(&first), figures(&of).0),
        (vec![3], "partial"),
        "too many of them"
    );
    let dump = office.town.dump().await;
    for (line, column, code) in [
        (3, "Ghi có", "bad_amount"),
        (4, "Ngày giao dịch", "bad_time"),
        (5, "Ghi có", "bad_amount"),
        (6, "Ngày giao dịch", "future_row"),
    ] {
        let row = dump
            .lines()
            .find(|row| row.starts_with("reject_row") && row.contains(&format!("\"line\":{line},")))
            .unwrap_or_else(|| panic!("line {line}"));
        assert!(row.contains("bank_2022-12-05.csv"), "{row}");
        assert!(row.contains(column) && row.contains(code), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_without_a_file_are_missing_until_one_covers_them() {
    let office = Office::bank(Kind::Sqlite).await;
    office.fixture("account.mt940");
    assert_eq!(codes(&office.night(FIRST).await.0), [0]);
    let (late, of) = office.next("2022-12-06").await;
    assert_eq!(
        (codes(&late), figures(&of)),
        (vec![3], ("late", 0, 0)),
        "{of}"
    );
    let trouble =
        "thư mục inbox/bank chưa có tệp cho ngày 06/12/2022: hãy chép tệp vào đó rồi chạy lại";
    assert_eq!(of["trouble"], trouble, "{of}");
    // the statement of the seventh opens as that of the fifth closed: nothing moved on the sixth
    let text = std::fs::read_to_string(fixture("account.mt940")).unwrap();
    let seventh = text
        .replace("1150000,", "1250000,")
        .replace(":60F:C221204VND1250000,", ":60F:C221206VND1150000,")
        .replace(":62F:C221205VND1250000,", ":62F:C221207VND1050000,")
        .replace(":61:221205", ":61:221207")
        .replace("1205C", "1207C")
        .replace("1205D", "1207D")
        .replace("1205RC", "1207RC");
    office.put("b.mt940", seventh.as_bytes());
    let (whole, of) = office.next("2022-12-07").await;
    assert_eq!((codes(&whole), figures(&of).1), (vec![0], 4), "{of}");
    let (healed, of) = office.night("2022-12-06").await;
    assert_eq!(
        (codes(&healed), figures(&of).0),
        (vec![0], "complete"),
        "{of}"
    );
    // an empty export says that nothing happened
    office.put("bank_2022-12-08.csv", csv(&[]).as_bytes());
    assert_eq!(codes(&office.next("2022-12-08").await.0), [0]);
    office.put("bank_2022-12-09.csv", csv(&[]).as_bytes());
    assert_eq!(codes(&office.next("2022-12-09").await.0), [0]);
    // nothing is due on a Saturday; on Monday it is
    assert_eq!(codes(&office.next("2022-12-10").await.0), [0]);
    assert_eq!(codes(&office.next("2022-12-12").await.0), [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_inspect_proposes_makes_the_night_read_the_file() {
    for (name, rows) in FORMATS {
        let file = inspect(&[fixture(name)], None, Lang::Vi).remove(0);
        let toml = file.toml().unwrap();
        let told = file.statements[0].account.clone();
        assert_eq!(
            toml.contains("account = "),
            told.is_some(),
            "{name}: {toml}"
        );
        let office = Office::new(Kind::Sqlite, &toml).await;
        let settings = office.desk.config.sources.last().unwrap().clone();
        let folder = settings.path("path").unwrap().to_owned();
        std::fs::copy(fixture(name), folder.join(name)).unwrap();
        let done = night(&office.desk, FIRST).await;
        let run = document(&done);
        let of = source(&run, settings.name.as_str());
        assert_eq!(
            (figures(of).0, figures(of).1),
            ("complete", rows),
            "{name}: {of}\n{toml}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_one_account_leaves_others_alone() {
    let source = format!("{BANK}account = \"113000012345\"\n");
    let office = Office::new(Kind::Sqlite, &source).await;
    let text = std::fs::read_to_string(fixture("account.mt940")).unwrap();
    let other = text.replace("113000012345", "999000099999");
    office.put("both.mt940", format!("{text}{other}").as_bytes());
    let (first, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&first), figures(&of)),
        (vec![0], ("complete", 4, 216_000)),
        "{of}"
    );
}

/// Killed between any two steps, the next start ends where an uninterrupted reading would have.
#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_was_interrupted_is_done_again() {
    let whole = Office::bank(Kind::Sqlite).await;
    whole.fixture("account.mt940");
    whole.night(FIRST).await;
    let office = Office::bank(Kind::Sqlite).await;
    office.fixture("account.mt940");
    // rows stored, the file not remembered: as after a kill between the two
    pull::alone(&office.desk, day(FIRST), None).await.unwrap();
    for forget in [
        "DELETE FROM export_file WHERE source = 'bank'",
        "DELETE FROM account_statement WHERE source = 'bank'",
    ] {
        office.town.database.execute(forget).await;
    }
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 4, 216_000), "{of}");
    same_dump(
        &office.town.dump().await,
        &whole.town.dump().await,
        "as if never interrupted",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_currency_is_refused_row_by_row() {
    let office = Office::bank(Kind::Sqlite).await;
    let text = "Loại tiền: USD\nNgày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n\
        05/12/2022;1;0;50;NOP PHI\n05/12/2022;2;0;70;NOP PHI\n";
    office.put("usd.csv", text.as_bytes());
    let (first, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&first), figures(&of)),
        (vec![3], ("partial", 0, 0)),
        "{of}"
    );
    assert_eq!(of["rejects"], 2, "{of}");
}
