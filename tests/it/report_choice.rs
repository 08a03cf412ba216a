//! `report --format` and `report --definition`: other files, another leading definition, and the
//! report as published stays where it is.

use doisoat::config::Format;
use doisoat::job::Exit;
use doisoat::job::report_again::{self, Asked, Span};
use serde_json::Value;

use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, day, document, files, night};

fn names(folder: &std::path::Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_and_definition_can_be_chosen() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, "2022-12-06"] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let published = files(&town.folder("2022-12-06"));
    assert!(published.contains_key("doisoat.xlsx"));
    let document: Value = serde_json::from_slice(&published["run.json"]).unwrap();
    assert_eq!(against_schema(&document), Vec::<String>::new());
    let root = &desk.config.report_dir;
    let span = || Span::Night(day("2022-12-06"));
    let asked = Asked {
        formats: Some(vec![Format::Xlsx]),
        ..Asked::of(span())
    };
    let folder = report_again::write(&desk, &asked, root).await.unwrap();
    assert!(
        folder.ends_with("2022-12-06_xlsx-json"),
        "{}",
        folder.display()
    );
    assert_eq!(names(&folder), ["SHA256SUMS", "doisoat.xlsx", "run.json"]);
    let again = files(&folder);
    for name in ["doisoat.xlsx", "run.json"] {
        assert!(again[name] == published[name], "{name} as published");
    }
    let asked = Asked {
        definition: Some("DOSSIER_CASHLESS".into()),
        ..Asked::of(span())
    };
    let folder = report_again::write(&desk, &asked, root).await.unwrap();
    assert!(folder.ends_with("2022-12-06_DOSSIER_CASHLESS"));
    let page = String::from_utf8(files(&folder)["index.html"].clone()).unwrap();
    let lead = |page: &str| {
        let main = page.split_once("<main id=\"main\">").unwrap().1;
        let top = main.split_once("<nav").unwrap().0.to_owned();
        top.contains("Tỷ lệ hồ sơ thanh toán không dùng tiền mặt")
    };
    let before = String::from_utf8(published["index.html"].clone()).unwrap();
    assert!(lead(&page) && !lead(&before));
    let asked = Asked {
        definition: Some("NOTHING".into()),
        ..Asked::of(span())
    };
    let error = report_again::write(&desk, &asked, root).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Usage);
    assert_eq!(files(&town.folder("2022-12-06")), published, "untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_that_was_not_published_is_made_again() {
    let town = Town::new(Kind::Sqlite).await;
    let without = |text: String| {
        text.replacen(
            "[[target]]",
            "[report]\nformats = [\"html\", \"json\"]\n[[target]]",
            1,
        )
    };
    let desk = town.desk(&without).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    assert_eq!(
        names(&town.folder(FIRST)),
        ["SHA256SUMS", "index.html", "run.json"]
    );
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&without)).unwrap();
    let args = ["report", "--format", "xlsx,csv", "--out", "again", "--json"];
    let made = run(&town, &args).await;
    assert_eq!(code(&made), 0, "{}", String::from_utf8_lossy(&made.stderr));
    let said: Value = serde_json::from_slice(&made.stdout).unwrap();
    let folder = town.dir().join(said["report"].as_str().unwrap());
    let wanted = [
        "SHA256SUMS",
        "doisoat.xlsx",
        "exceptions.csv",
        "links.csv",
        "run.json",
        "share.csv",
    ];
    assert_eq!(names(&folder), wanted);
    let unknown = run(&town, &["report", "--definition", "TX_CASHLES"]).await;
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert_eq!(code(&unknown), 2);
    assert!(
        said.contains("TX_CASHLESS, ") || said.contains(", TX_CASHLESS"),
        "{said}"
    );
    let unknown = run(&town, &["report", "--format", "pfd"]).await;
    assert_eq!(code(&unknown), 2);
}

/// Tables with `;` and decimal commas, for Excel with Vietnamese settings: by the configuration, or
/// for one report; the figures are the same, and the night is still made again byte by byte.
#[tokio::test(flavor = "multi_thread")]
async fn tables_can_be_separated_by_semicolons() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    night(&desk, FIRST).await;
    let published = files(&town.folder(FIRST));
    let asked = Asked {
        semicolons: Some(true),
        ..Asked::of(Span::Night(day(FIRST)))
    };
    let root = &desk.config.report_dir;
    let folder = report_again::write(&desk, &asked, root).await.unwrap();
    assert!(
        folder.ends_with("2022-12-05_semicolon"),
        "{}",
        folder.display()
    );
    let told = files(&folder);
    assert_eq!(files(&town.folder(FIRST)), published, "as published");
    let cells = |bytes: &[u8], separator: u8| -> Vec<Vec<String>> {
        let text = std::str::from_utf8(bytes)
            .unwrap()
            .strip_prefix('\u{feff}')
            .unwrap();
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader
            .has_headers(false)
            .delimiter(separator)
            .from_reader(text.as_bytes());
        let rows = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    };
    for name in ["exceptions.csv", "links.csv"] {
        assert_eq!(
            cells(&told[name], b';'),
            cells(&published[name], b','),
            "{name}"
        );
        assert_ne!(told[name], published[name]);
    }
    let (with, without) = (
        cells(&told["share.csv"], b';'),
        cells(&published["share.csv"], b','),
    );
    assert_eq!(with[0], without[0]);
    let points = |rows: &[Vec<String>]| rows[1..].concat().join(" ").replace('.', ",");
    assert_eq!(points(&with), points(&without));
    assert!(
        with[1..].concat().iter().any(|cell| cell.starts_with("0,")),
        "{with:?}"
    );
    desk.close().await;
    // configured: what is published has semicolons, and commas can be asked for
    let semicolons = |text: String| text + "\n[report]\ncsv_separator = \";\"\n";
    let other = Town::new(Kind::Sqlite).await;
    other.morning_after(day(FIRST));
    let desk = other.desk(&semicolons).await;
    night(&desk, FIRST).await;
    desk.close().await;
    let own = files(&other.folder(FIRST));
    assert_eq!(own["share.csv"], told["share.csv"]);
    std::fs::write(other.dir().join("doisoat.toml"), other.toml(&as_is)).unwrap();
    let replay = run(&other, &["replay", FIRST]).await;
    assert_eq!(code(&replay), 0, "the separator is no input");
    let commas = run(
        &other,
        &["report", "--csv-separator", ",", "--out", "commas"],
    )
    .await;
    assert_eq!(code(&commas), 0);
    let commas = files(&other.dir().join("commas").join(FIRST));
    assert_eq!(commas["share.csv"], published["share.csv"]);
    let bad = run(&other, &["report", "--csv-separator", "x"]).await;
    assert_eq!(code(&bad), 2);
}

/// Rows of past days arrive with later nights: each night can still be told in another format, by
/// what it kept, with the shares that it published.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_is_told_in_another_format_whatever_arrived_since() {
    let town = Town::new(Kind::Sqlite).await;
    let without = |text: String| {
        let formats = "[report]\nformats = [\"html\", \"json\"]\n[[target]]";
        text.replacen("[[target]]", formats, 1)
    };
    let desk = town.desk(&without).await;
    let dates = [FIRST, "2022-12-06", "2022-12-07", "2022-12-08"];
    for date in dates {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let root = &desk.config.report_dir;
    for date in dates {
        let asked = Asked {
            formats: Some(vec![Format::Csv]),
            ..Asked::of(Span::Night(day(date)))
        };
        let folder = report_again::write(&desk, &asked, root).await.unwrap();
        let told = files(&folder);
        assert!(told.contains_key("links.csv"), "{date}");
        let published = files(&town.folder(date));
        assert!(told["run.json"] == published["run.json"], "{date}");
    }
}

/// The labels of the periods of which the breakdown holds a cell of the definition.
fn broken_down(run: &Value, definition: &str) -> std::collections::BTreeSet<String> {
    let cells = run["breakdown"].as_array().unwrap().iter();
    let mine = cells.filter(|cell| cell["definition"] == definition);
    mine.map(|cell| cell["period"].as_str().unwrap().to_owned())
        .collect()
}

/// Nights keep the cells of the definition that led. Led by another one, a table would hold what
/// the present pool says alone: it is left out with a word why, and never told as proven.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_would_lack_what_earlier_nights_settled_is_left_out() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, "2022-12-06"] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let root = &desk.config.report_dir;
    let asked = |span| Asked {
        definition: Some("AMOUNT_CASHLESS".into()),
        formats: Some(vec![Format::Html, Format::Xlsx, Format::Pdf]),
        ..Asked::of(span)
    };
    let month = || Span::Days(doisoat::kpi::Period::month("2022-12").unwrap());
    for span in [Span::Night(day("2022-12-06")), month()] {
        let asked = asked(span);
        let folder = report_again::write(&desk, &asked, root).await.unwrap();
        let made = files(&folder);
        let run: Value = serde_json::from_slice(&made["run.json"]).unwrap();
        assert_eq!(against_schema(&run), Vec::<String>::new());
        let lacking = run["breakdown_lacking"].as_array().unwrap();
        for label in ["2022", "2022-12"] {
            let told = broken_down(&run, "AMOUNT_CASHLESS").contains(label);
            let is_measured = run["share"].as_array().unwrap();
            let is_measured = is_measured.iter().any(|share| share["period"] == label);
            assert!(!told, "{label}: {}", folder.display());
            assert_eq!(lacking.iter().any(|l| l == label), is_measured, "{label}");
        }
        let page = String::from_utf8(made["index.html"].clone()).unwrap();
        let word = "các đêm trước phân tích theo chỉ tiêu khác";
        assert!(page.contains(word) && !page.contains("<section id=\"by-unit\""));
        let paper = crate::pdf::read(&made["doisoat.pdf"]).text;
        let paper = paper.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(paper.contains(word), "{paper}");
    }
    // nothing was settled before the first night: its cells hold all there is
    let asked = asked(Span::Night(day(FIRST)));
    let folder = report_again::write(&desk, &asked, root).await.unwrap();
    let run: Value = serde_json::from_slice(&files(&folder)["run.json"]).unwrap();
    assert!(run["breakdown_lacking"].is_null());
    assert!(broken_down(&run, "AMOUNT_CASHLESS").contains("2022"));
    desk.close().await;

    // the same where the setting changed: until every night before was run again
    let other = |text: String| text.replacen("TX_CASHLESS", "AMOUNT_CASHLESS", 1);
    let desk = town.desk(&other).await;
    town.morning_after(day("2022-12-07"));
    let run = document(&night(&desk, "2022-12-07").await);
    assert_eq!(
        run["breakdown_lacking"],
        serde_json::json!(["2022-12", "2022"])
    );
    let own = std::collections::BTreeSet::from(["2022-12-07".to_owned()]);
    assert_eq!(broken_down(&run, "AMOUNT_CASHLESS"), own);
    for date in [FIRST, "2022-12-06"] {
        night(&desk, date).await;
    }
    town.morning_after(day("2022-12-08"));
    let run = document(&night(&desk, "2022-12-08").await);
    assert!(run["breakdown_lacking"].is_null());
    assert!(broken_down(&run, "AMOUNT_CASHLESS").contains("2022"));
}
