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
