//! `report --format` and `report --definition`: other files, another leading definition, and the
//! report as published stays where it is.

use doisoat::config::Format;
use doisoat::job::Exit;
use doisoat::job::report_again::{self, Asked, Span};
use serde_json::Value;

use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, day, files, night};

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
