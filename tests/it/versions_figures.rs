//! The first page of a night that was published again: its numbers before and after, the money at
//! risk that leads from one to the other, and every cause of a share.

use std::collections::BTreeMap;

use doisoat::domain::{Lang, SourceName};
use doisoat::text::{money, number, percent};
use serde_json::Value;

use crate::database::Kind;
use crate::diff::corrected;
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, day, document, files, night};

type Row = BTreeMap<String, String>;

fn changes(town: &Town) -> Vec<Row> {
    let bytes = files(&town.folder(FIRST))["changes.csv"].clone();
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn of<'r>(rows: &'r [Row], kind: &str) -> Vec<&'r Row> {
    rows.iter().filter(|row| row["kind"] == kind).collect()
}

fn figure(value: &Value) -> (i64, i64) {
    let part = |name: &str| value[name].as_i64().unwrap();
    (part("count"), part("sum_vnd"))
}

/// The five numbers as a document tells them, in the words of the list.
fn five(run: &Value) -> [String; 5] {
    let rows = |value: &Value| {
        let (count, sum) = figure(value);
        format!(
            "{} dòng, {}",
            number(Lang::Vi, i128::from(count)),
            money(Lang::Vi, i128::from(sum))
        )
    };
    let is_it = |share: &&Value| {
        ["definition", "scope", "period"].map(|name| share[name].as_str().unwrap())
            == ["TX_CASHLESS", "", "2022"]
    };
    let share = run["share"].as_array().unwrap().iter().find(is_it).unwrap();
    let part = |name: &str| i128::from(share[name].as_i64().unwrap());
    let share = doisoat::domain::Fraction::new(part("numerator"), part("denominator")).unwrap();
    [
        rows(&run["totals"]["transactions"]),
        percent(Lang::Vi, share),
        rows(&run["totals"]["open"]),
        rows(&run["work"]["closing"]),
        rows(&run["work"]["overdue"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_is_told_before_and_after_and_the_money_at_risk_leads_there() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        let first = document(&night(&desk, FIRST).await);
        let (fee, _) = corrected(&town);
        // no feed, whose whole list would lack the rows
        let name = SourceName::new("vnpay");
        let late = [("late-1", 35_000, FIRST), ("late-2", 1_234_000, FIRST)];
        crate::periods::late_of(&desk, &name, day(FIRST), &late).await;
        let second = document(&night(&desk, FIRST).await);
        assert_eq!(against_schema(&second), Vec::<String>::new());
        let rows = changes(&town);
        // the numbers that differ, and no other, each with both values
        let labels = [
            "Giao dịch trong ngày",
            "Tỷ lệ giao dịch không dùng tiền mặt",
            "Giá trị chưa khớp phát sinh",
            "Ngoại lệ cần xử lý",
            "Rủi ro quá 3 ngày",
        ];
        let both = five(&first).into_iter().zip(five(&second));
        let wanted: Vec<[String; 3]> = labels
            .iter()
            .zip(both)
            .filter(|(_, (before, after))| before != after)
            .map(|(label, (before, after))| [(*label).to_owned(), before, after])
            .collect();
        let told = of(&rows, "figure");
        let told: Vec<[String; 3]> = told
            .iter()
            .map(|row| ["what", "before", "after"].map(|name| row[name].clone()))
            .collect();
        assert_eq!(told, wanted);
        assert!(wanted.len() >= 3, "{wanted:?}");
        let page = String::from_utf8(files(&town.folder(FIRST))["index.html"].clone()).unwrap();
        let tiles = page.split_once("<ul class=\"tiles\"").unwrap().1;
        let (tiles, rest) = tiles.split_once("</ul>").unwrap();
        for label in &labels {
            assert!(tiles.contains(&format!(">{label}</span>")), "{label}");
        }
        for [what, before, after] in &wanted {
            let head = format!("{what}</th><td>{before}</td><td>{after}</td>");
            assert!(rest.contains(&head), "{head}");
        }
        for row in of(&rows, "figure") {
            assert!(!row["cause"].is_empty(), "{row:?}");
        }
        // what came and went leads from one tile to the other, rows and money at risk
        let (mut count, mut sum) = (0, 0);
        for row in of(&rows, "exception") {
            let amount: i64 = row["amount_vnd"].parse().unwrap();
            match &*row["became"] {
                "added" => (count, sum) = (count + 1, sum + amount),
                "removed" => (count, sum) = (count - 1, sum - amount),
                other => panic!("{other}: {row:?}"),
            }
        }
        let [before, after] = [&first, &second].map(|run| figure(&run["work"]["closing"]));
        assert_eq!((count, sum), (after.0 - before.0, after.1 - before.1));
        assert!(
            of(&rows, "exception")
                .iter()
                .any(|row| row["what"].contains(&fee))
        );
        let figures = second["changes"]["figures"].as_array().unwrap();
        let work = figures
            .iter()
            .find(|one| one["figure"] == "exceptions")
            .unwrap();
        assert_eq!(
            [&work["before"], &work["after"]].map(figure),
            [before, after]
        );
        several_causes_are_told(&rows, name.as_str());
        desk.close().await;
    }
}

/// The file alone moves the bounds, the rows move the figure: both are called.
fn several_causes_are_told(rows: &[Row], name: &str) {
    let file = "tệp dossier_fees_2022-12-05_again.csv";
    let year = |row: &&&Row| row["what"] == "Tỷ lệ giao dịch không dùng tiền mặt, lũy kế năm 2022";
    let shares = of(rows, "share");
    let share = shares
        .iter()
        .find(year)
        .unwrap_or_else(|| panic!("{shares:?}"));
    for cause in [file, name] {
        assert!(share["cause"].contains(cause), "{cause}: {share:?}");
    }
}

/// The second version of a night reads a payment of its day and one of the eve: the figures of the
/// day are changed by the first alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_day_is_not_what_changed_the_figures_of_this_one() {
    const SECOND: &str = "2022-12-06";
    let (town, desk) = crate::periods::two(Kind::Sqlite).await;
    // no feed, whose whole list would lack the rows
    let name = SourceName::new("vnpay");
    let rows = [("of-eve", 654_000, FIRST), ("of-day", 33_000, SECOND)];
    crate::periods::late_of(&desk, &name, day(SECOND), &rows).await;
    let again = document(&night(&desk, SECOND).await);
    assert_eq!(again["version_of_night"], 2);
    let bytes = files(&town.folder(SECOND))["changes.csv"].clone();
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    let all: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
    let rows = of(&all, "row");
    assert!(
        rows.iter()
            .any(|row| row.values().any(|cell| cell.contains("of-eve")))
    );
    let totals = of(&all, "total");
    assert_eq!(totals.len(), 2, "rows and dong: {totals:?}");
    for row in totals {
        let told: Vec<&String> = row.values().collect();
        let names = |what: &str| told.iter().any(|cell| cell.contains(what));
        assert!(names("of-day") && !names("of-eve"), "{row:?}");
    }
}
