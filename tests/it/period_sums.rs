//! The report of a month tells the sums of its nights, never the last night's figures: real nights
//! of the district, each block of `run.json`, the page's tiles and the workbook beside them.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use doisoat::domain::{Day, Lang, Period};
use doisoat::job::Desk;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::text;
use serde_json::Value;

use crate::database::Kind;
use crate::report::schema::against_schema;
use crate::town::{Town, amount_of, as_is, day, document, files, night};

const DAYS: [&str; 3] = ["2022-12-05", "2022-12-06", "2022-12-07"];

/// Publishes these nights and tells their documents.
async fn nights(town: &Town, desk: &Desk, days: &[&str]) -> Vec<Value> {
    let mut told = Vec::new();
    for date in days {
        town.morning_after(day(date));
        told.push(document(&night(desk, date).await));
    }
    told
}

/// The folder of the month.
async fn month(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let asked = Asked::of(Span::Days(Period::month("2022-12").unwrap()));
    let made = report_again::write(desk, &asked, &desk.config.report_dir);
    files(&Box::pin(made).await.unwrap())
}

fn run_of(files: &BTreeMap<String, Vec<u8>>) -> Value {
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    run
}

/// Every whole number of a block by its place: the words of each row, then the path of keys.
fn numbers(block: &Value) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for row in block.as_array().unwrap() {
        let words: Vec<String> = row
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| value.is_string() || value.is_boolean())
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        for (key, value) in row.as_object().unwrap() {
            if let Some(n) = value.as_i64() {
                found.insert(format!("{words:?} {key}"), n);
            }
            for (part, n) in value.as_object().into_iter().flatten() {
                found.insert(format!("{words:?} {key} {part}"), n.as_i64().unwrap());
            }
        }
    }
    found
}

/// The numbers of a block over several documents, added up.
fn added(runs: &[Value], block: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for run in runs {
        for (place, n) in numbers(&run[block]) {
            *sums.entry(place).or_insert(0) += n;
        }
    }
    sums
}

fn totals_are_sums(run: &Value, nights: &[Value]) {
    crate::bridges::fees_are_of_the_paid(run);
    for (name, part) in run["totals"].as_object().unwrap() {
        for figure in ["count", "sum_vnd"] {
            let each = nights.iter();
            let each = each.map(|night| night["totals"][name][figure].as_i64().unwrap());
            assert_eq!(part[figure], each.sum::<i64>(), "{name} {figure}");
        }
    }
    for block in ["tie_out", "money_bridge", "instruments", "provider_fees"] {
        let sums = added(nights, block);
        assert!(sums.values().any(|n| *n > 0), "{block}");
        assert_eq!(numbers(&run[block]), sums, "{block}");
    }
}

/// The same of what the gateway holds.
fn held_holds(run: &Value, nights: &[Value]) {
    let held = |run: &Value, part: &str| run["gateway_bridge"][0][part].as_i64().unwrap();
    let [first, last] = [nights.first().unwrap(), nights.last().unwrap()];
    assert_eq!(held(run, "opening_vnd"), held(first, "opening_vnd"));
    assert_eq!(held(run, "closing_vnd"), held(last, "closing_vnd"));
    assert!(held(run, "kept_vnd") > 0);
    for part in ["fees_vnd", "kept_vnd", "rest_vnd"] {
        let each = nights.iter().map(|night| held(night, part));
        assert_eq!(held(run, part), each.sum::<i64>(), "{part}");
    }
    assert_eq!(held(run, "rest_vnd"), 0);
    assert_eq!(run["gateway_bridge"][0].get("between_vnd"), None);
    let days = run["gateway_days"].as_array().unwrap();
    assert!(days.len() >= nights.len(), "{days:?}");
}

/// Opening of the first night, movements of all, closing of the last; each night begins with what
/// the one before it left.
fn chains_hold(run: &Value, nights: &[Value]) {
    let [first, last] = [nights.first().unwrap(), nights.last().unwrap()];
    let sums = added(nights, "open_bridge");
    let [starts, ends] = [first, last].map(|night| numbers(&night["open_bridge"]));
    let mut seen = 0;
    for (place, n) in numbers(&run["open_bridge"]) {
        let wanted = if place.contains(" opening ") {
            &starts
        } else if place.contains(" closing ") {
            &ends
        } else {
            &sums
        };
        assert_eq!(n, wanted.get(&place).copied().unwrap_or(0), "{place}");
        seen += usize::from(n != 0);
    }
    assert!(seen > 5);
    let rows = run["open_bridge"].as_array().unwrap();
    assert!(rows.iter().all(|row| row.get("breaks").is_none()));
    held_holds(run, nights);
    let work = &run["work"];
    for part in ["opened", "settled", "changed"] {
        let each = nights
            .iter()
            .map(|night| night["work"][part].as_i64().unwrap());
        assert_eq!(work[part], each.sum::<i64>(), "{part}");
    }
    assert_eq!(work["opening"], first["work"]["opening"]);
    for part in ["closing", "overdue"] {
        assert_eq!(work[part], last["work"][part]);
    }
    for pair in nights.windows(2) {
        assert_eq!(pair[0]["work"]["closing"], pair[1]["work"]["opening"]);
    }
    for run in nights.iter().chain([run]) {
        assert_eq!(run["work"]["rest"], 0, "{}", run["work"]);
    }
}

fn open_money(run: &Value) -> i64 {
    let rows = run["open_bridge"].as_array().unwrap().iter();
    let money = rows.filter(|row| row["money"] == true);
    money
        .map(|row| row["closing"]["sum_vnd"].as_i64().unwrap())
        .sum()
}

/// What the tiles of the page say, by the beginning of their labels.
fn tiles_are_of(run: &Value, page: &str, last: &str) {
    let end = format!("đến hết đêm {}", text::day(Lang::Vi, day(last)));
    tiles_of(run, page, &end);
}

/// The same of a period whose end is told by these words.
pub(crate) fn tiles_of(run: &Value, page: &str, end: &str) {
    let number = |n: &Value| text::number(Lang::Vi, n.as_i64().unwrap());
    let money = |n: i64| text::money(Lang::Vi, n);
    let work = &run["work"];
    for (label, value) in [
        (
            "Giao dịch trong ".to_owned() + &label_of(run),
            number(&run["totals"]["transactions"]["count"]),
        ),
        (format!("Giá trị chưa khớp, {end}"), money(open_money(run))),
        (
            format!("Ngoại lệ cần xử lý, {end}"),
            number(&work["closing"]["count"]),
        ),
        (
            format!("Rủi ro quá 3 ngày, {end}"),
            money(work["overdue"]["sum_vnd"].as_i64().unwrap()),
        ),
    ] {
        let tile = format!("{label}</span><span class=\"value\">{value}</span>");
        assert!(page.contains(&tile), "{tile}");
    }
    crate::bridges::turnover_is_named(run, page);
    let moved = format!(
        "trong kỳ: phát sinh {}, đã xử lý {}, đổi loại {}",
        number(&work["opened"]),
        number(&work["settled"]),
        number(&work["changed"])
    );
    assert!(page.contains(&moved), "{moved}");
}

/// The period within a sentence.
fn label_of(run: &Value) -> String {
    let period = &run["period"];
    if period["label"] == "2022-12" {
        return "tháng 12/2022".to_owned();
    }
    let ends = ["from", "to"].map(|end| text::day(Lang::Vi, day(period[end].as_str().unwrap())));
    format!("kỳ {} – {}", ends[0], ends[1])
}

/// The total row of a sheet.
fn total_row(book: &[u8], sheet: &str) -> Vec<i64> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let number = |cell: &Data| match cell {
        Data::Float(n) => Some(format!("{n:.0}").parse().unwrap()),
        Data::Int(n) => Some(*n),
        _ => None,
    };
    range
        .rows()
        .nth(2)
        .unwrap()
        .iter()
        .filter_map(number)
        .collect()
}

pub(crate) fn workbook_is_of(run: &Value, book: &[u8]) {
    let tie = total_row(book, "Đối chiếu tổng");
    let parts = ["transactions", "matched", "open", "rejected", "excluded"];
    let wanted = parts.iter().flat_map(|part| {
        let figure = &run["totals"][part];
        ["count", "sum_vnd"].map(|key| figure[key].as_i64().unwrap())
    });
    assert_eq!(tie[..10], wanted.collect::<Vec<_>>());
    let rows = run["money_bridge"].as_array().unwrap();
    let sum = |part: &str| -> i64 {
        let each = rows.iter();
        each.map(|row| {
            row[part]
                .as_i64()
                .or(row[part]["sum_vnd"].as_i64())
                .unwrap()
        })
        .sum()
    };
    let flows = total_row(book, "Tiền trong kỳ");
    let wanted = "came uncounted paid fees_vnd returned debits".split(' ');
    assert_eq!(flows[..6], wanted.map(sum).collect::<Vec<i64>>());
    // what was received is known of the sources alone that told every fee
    let fees = run["provider_fees"].as_array().unwrap();
    let untold = |row: &Value| {
        let of = |fee: &Value| fee["source"] == row["source"] && fee["fee_untold"] != 0;
        fees.iter().any(of)
    };
    let net = rows
        .iter()
        .filter(|row| !untold(row))
        .map(|row| &row["net_vnd"]);
    assert_eq!(flows[6], net.map(|net| net.as_i64().unwrap()).sum::<i64>());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let checks = book.worksheet_range("Kiểm tra").unwrap();
    let marks = checks
        .rows()
        .filter_map(|row| row.get(4))
        .map(ToString::to_string);
    let marks: Vec<String> = marks.filter(|mark| mark == "✓" || mark == "✗").collect();
    assert!(
        marks.len() > 20 && marks.iter().all(|mark| mark == "✓"),
        "{marks:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_the_sum_of_its_nights() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let nights = nights(&town, &desk, &DAYS).await;
    let files = month(&desk).await;
    let run = run_of(&files);
    assert_eq!(run["period"]["nights"], serde_json::json!(DAYS));
    assert_eq!(run["period"]["untold"], serde_json::json!([]));
    totals_are_sums(&run, &nights);
    chains_hold(&run, &nights);
    assert!(run["work"]["settled"].as_i64() > Some(0));
    assert!(crate::bridges::fees_are_of_the_paid(&run) > 0);
    let page = std::str::from_utf8(&files["index.html"]).unwrap();
    tiles_are_of(&run, page, DAYS[2]);
    // the night's own table compares nights, and a month is none
    assert!(!page.contains("Đêm trước, 06/12/2022"));
    workbook_is_of(&run, &files["doisoat.xlsx"]);
}

/// The rows of the days that the store holds, by source and kind, less what the nights told.
async fn left(desk: &Desk, days: &[Day], nights: &[Value]) -> BTreeMap<String, (i64, i64)> {
    let mut rows: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut add = |source: &str, kind: &str, count: i64, sum: i64| {
        let entry = rows.entry(format!("{source} {kind}")).or_default();
        *entry = (entry.0 + count, entry.1 + sum);
    };
    for day in days {
        for one in desk.store.source_counts(*day).await.unwrap() {
            let (count, sum) = (one.count.try_into().unwrap(), one.sum.try_into().unwrap());
            add(one.source.as_str(), one.kind.id(), count, sum);
        }
    }
    for night in nights {
        for source in night["sources"].as_array().unwrap() {
            for kind in source["by_kind"].as_array().unwrap() {
                let n = |key: &str| -kind[key].as_i64().unwrap();
                let word = kind["kind"].as_str().unwrap();
                let name = source["name"].as_str().unwrap();
                add(name, word, n("count"), n("sum_vnd"));
            }
        }
    }
    rows.retain(|_, left| *left != (0, 0));
    rows
}

/// The rows of a day without a night are lines of their own, and the chain of what is open holds
/// over it.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_night_is_a_remainder() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        let nights = nights(&town, &desk, &[DAYS[0], DAYS[2]]).await;
        let files = month(&desk).await;
        let run = run_of(&files);
        assert_eq!(
            run["period"]["nights"],
            serde_json::json!([DAYS[0], DAYS[2]])
        );
        totals_are_sums(&run, &nights);
        chains_hold(&run, &nights);
        let wanted = left(&desk, &DAYS.map(day), &nights).await;
        let told = run["period"]["outside"].as_array().unwrap().iter();
        let told = told.map(|row| {
            let word = |key: &str| row[key].as_str().unwrap();
            let n = |key: &str| row[key].as_i64().unwrap();
            (
                format!("{} {}", word("source"), word("kind")),
                (n("count"), n("sum_vnd")),
            )
        });
        let told: BTreeMap<String, (i64, i64)> = told.collect();
        assert_eq!(told, wanted);
        let more = told.values().filter(|one| **one > (0, 0));
        let all = more.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        assert!(all.0 > 10 && all.1 > 0, "{told:?}");
        let page = std::str::from_utf8(&files["index.html"]).unwrap();
        let (n, sum) = (text::number(Lang::Vi, all.0), text::money(Lang::Vi, all.1));
        assert!(page.contains(&format!("ngoài các đêm: {n} dòng, {sum}")));
        assert!(page.contains("Không nằm trong đêm nào"));
        tiles_are_of(&run, page, DAYS[2]);
        workbook_is_of(&run, &files["doisoat.xlsx"]);
    }
}

/// A row that a night told under its day and that counts under another since is told too much by
/// one night and by none: both stand by themselves, though they cancel out.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_night_tells_and_what_nights_tell_too_much_stand_apart() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    nights(&town, &desk, &DAYS).await;
    let kept = &month(&desk).await["links.csv"];
    let kept = kept.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let last = desk.store.published(day(DAYS[2])).await.unwrap().unwrap();
    let pool = desk.store.kept(&last.id).await.unwrap()["pool"].clone();
    let pool = String::from_utf8(desk.archive.get(&pool).unwrap()).unwrap();
    // settled on the first night, and not looked at by the last
    let mut reader = csv::Reader::from_reader(kept);
    let rows = reader.deserialize().map(Result::unwrap);
    let mut rows = rows.filter(|row: &BTreeMap<String, String>| {
        let is_plain = row["role"] == "settles" && row["source"] == "sepay-main";
        is_plain && row["night"] == DAYS[0] && !pool.contains(&format!("\"{}\"", row["txn_id"]))
    });
    let row = rows
        .next()
        .expect("a payment that only the first night looked at");
    let store = format!(
        "UPDATE txn SET business_date = '{}' WHERE source = 'sepay-main' AND id = '{}'",
        DAYS[1], row["txn_id"]
    );
    town.database
        .execute(Box::leak(store.into_boxed_str()))
        .await;
    let files = month(&desk).await;
    let run = run_of(&files);
    let one = serde_json::json!({ "count": 1, "sum_vnd": amount_of(&run) });
    let wanted = serde_json::json!({
        "source": "sepay-main", "kind": "payment", "count": 0, "sum_vnd": 0,
        "untold": one, "gone": one,
    });
    assert_eq!(run["period"]["outside"][0], wanted);
    assert!(amount_of(&run) >= row["amount_vnd"].parse().unwrap());
    let page = std::str::from_utf8(&files["index.html"]).unwrap();
    assert!(page.contains("Không nằm trong đêm nào") && page.contains("Các đêm tính dư"));
    workbook_is_of(&run, &files["doisoat.xlsx"]);
}
